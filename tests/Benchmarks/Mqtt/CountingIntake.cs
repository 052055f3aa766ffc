using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>An intake that looks at each message and finds it safe at once, or when told.</summary>
internal sealed class CountingIntake(int expected) : IMessageIntake
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;
    private long _bytes;

    public Task Done => _done.Task;

    public long SafeThrough => Volatile.Read(ref _count);

    public long Accept(in PublishView message)
    {
        _bytes += message.Topic.Length + message.Payload.Length;
        long count = _count + 1;
        Volatile.Write(ref _count, count);
        if (count == expected)
        {
            _done.TrySetResult();
        }

        return count;
    }

    public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
