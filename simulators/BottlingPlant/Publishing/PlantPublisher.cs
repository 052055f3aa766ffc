namespace Linewatch.BottlingPlant.Publishing;

/// <summary>
/// Sends a stream of messages: those whose publish time has passed as fast as they are acknowledged, the others when
/// their time comes. Order is kept, and at most a window of them is unacknowledged.
/// </summary>
/// <param name="publish">Publishes one message and completes on its acknowledgement.</param>
/// <param name="time">The clock that publish times are compared with.</param>
public sealed class PlantPublisher(Func<SimulatedMessage, CancellationToken, ValueTask> publish, TimeProvider time)
{
    /// <summary>How many messages may be unacknowledged, 1 … 65,535. Default 1000.</summary>
    public int Window { get; init; } = 1000;

    /// <summary>
    /// Simulated seconds a second, greater than 0; <see cref="double.PositiveInfinity"/> never waits. Default 1. Time runs
    /// at this speed from <see cref="PacedFrom"/> on; what lies before is never waited for.
    /// </summary>
    public double Speed { get; init; } = 1;

    /// <summary>Publish time that falls on the moment the run begins; null = the clock's own time.</summary>
    public DateTime? PacedFrom { get; init; }

    /// <summary>Publish time of the last message that was acknowledged; nothing before it is open.</summary>
    public DateTime? AcknowledgedThrough { get; private set; }

    /// <summary>How many messages were acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Runs until the stream ends or the token is cancelled.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; what was sent is not awaited any more.</exception>
    public async Task RunAsync(IEnumerable<SimulatedMessage> messages, CancellationToken cancellationToken)
    {
        Queue<(DateTime PublishTime, Task Done)> open = new();
        DateTime began = time.GetUtcNow().UtcDateTime;
        DateTime origin = PacedFrom ?? began;
        foreach (SimulatedMessage message in messages)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!double.IsPositiveInfinity(Speed))
            {
                TimeSpan wait = ((message.PublishTime - origin) / Speed) - (time.GetUtcNow().UtcDateTime - began);
                if (wait > TimeSpan.Zero)
                {
                    await CompleteAsync(open, 0, cancellationToken);
                    await Task.Delay(wait, time, cancellationToken);
                }
            }

            await CompleteAsync(open, Window - 1, cancellationToken);
            open.Enqueue((message.PublishTime, publish(message, cancellationToken).AsTask()));
        }

        await CompleteAsync(open, 0, cancellationToken);
    }

    private async ValueTask CompleteAsync(Queue<(DateTime PublishTime, Task Done)> open, int allowed, CancellationToken cancellationToken)
    {
        while (open.TryPeek(out (DateTime PublishTime, Task Done) oldest) && (open.Count > allowed || oldest.Done.IsCompleted))
        {
            await oldest.Done.WaitAsync(cancellationToken);
            open.Dequeue();
            AcknowledgedThrough = oldest.PublishTime;
            Acknowledged++;
        }
    }
}
