using Linewatch.Telemetry.Decoding;
using Microsoft.Extensions.Logging;

namespace Linewatch.Telemetry.Consuming;

/// <summary>Hands batches to a consumer's handler: again and again, with capped and jittered pauses, until it takes them.</summary>
internal sealed partial class BatchDelivery(ReadingHandler handler, ConsumerState state, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Returns when the handler has taken the batch.</summary>
    public async Task DeliverAsync(ReadingBatch batch, CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        while (true)
        {
            try
            {
                batch.ForgetRefusals();
                await handler(batch, cancellationToken);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // Whatever the handler throws, the batch must not be lost: it is tried again.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                state.Tell(fault.Message);
                LogHandlerFailed(logger, fault, state.Name, pause.TotalSeconds);
            }

            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), time, cancellationToken);
            pause = Longer(pause);
        }
    }

    /// <summary>The pause after a pause that did not help.</summary>
    public static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    [LoggerMessage(2100, LogLevel.Error, "The consumer {Name} failed and will try the same readings again in {Seconds} s; nothing is lost meanwhile")]
    private static partial void LogHandlerFailed(ILogger logger, Exception fault, string name, double seconds);
}
