using System.Collections.Immutable;
using System.Threading.Channels;

namespace Linewatch.Operations.Alerts;

/// <summary>Tells live pages and notifiers of this process what changed. Thread-safe.</summary>
public sealed class AlertChanges
{
    /// <summary>A page that falls this far behind loses its oldest changes; the list itself is always complete.</summary>
    private const int Backlog = 1024;

    private ImmutableArray<Channel<Alert>> _subscribers = [];

    /// <summary>Listens from now on, until disposed. Each item is the alert after a change.</summary>
    public AlertSubscription Subscribe()
    {
        Channel<Alert> channel = Channel.CreateBounded<Alert>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest });
        ImmutableInterlocked.Update(ref _subscribers, subscribers => subscribers.Add(channel));
        return new AlertSubscription(channel.Reader, () =>
        {
            ImmutableInterlocked.Update(ref _subscribers, subscribers => subscribers.Remove(channel));
            channel.Writer.TryComplete();
        });
    }

    internal void Publish(Alert alert)
    {
        foreach (Channel<Alert> subscriber in _subscribers)
        {
            subscriber.Writer.TryWrite(alert);
        }
    }
}

/// <summary>One listener of <see cref="AlertChanges"/>.</summary>
public sealed class AlertSubscription(ChannelReader<Alert> changes, Action end) : IDisposable
{
    /// <summary>Alerts after each change, in order; completes when disposed.</summary>
    public ChannelReader<Alert> Changes { get; } = changes;

    /// <inheritdoc/>
    public void Dispose() => end();
}
