using System.Diagnostics.CodeAnalysis;
using Linewatch.Telemetry.Quarantining;

namespace Linewatch.Telemetry.Consuming;

/// <summary>A replay out of quarantine; or, where messages are given, their being taken.</summary>
internal sealed record ReplayRequest(QuarantineFilter Filter, int Limit, IReadOnlyList<QuarantinedMessage>? Messages)
{
    public TaskCompletionSource<ReplayResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a consumer is asked to do between two of its batches. Thread-safe.</summary>
internal sealed class ReplayRequests
{
    private readonly Lock _gate = new();
    private readonly Queue<ReplayRequest> _waiting = new();
    private TaskCompletionSource? _asked;

    /// <summary>Asks, and waits until it is done.</summary>
    public Task<ReplayResult> AskAsync(ReplayRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _waiting.Enqueue(request);
            _asked?.TrySetResult();
        }

        return request.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Completes when something is asked; at once when something waits.</summary>
    public Task AskedAsync()
    {
        lock (_gate)
        {
            if (_waiting.Count > 0)
            {
                return Task.CompletedTask;
            }

            if (_asked is not { Task.IsCompleted: false })
            {
                _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _asked.Task;
        }
    }

    /// <summary>The next request, if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out ReplayRequest? request)
    {
        lock (_gate)
        {
            return _waiting.TryDequeue(out request);
        }
    }

    /// <summary>Tells all who wait that nobody will do it.</summary>
    public void Cancel()
    {
        while (TryTake(out ReplayRequest? request))
        {
            request.Done.TrySetCanceled(CancellationToken.None);
        }
    }
}
