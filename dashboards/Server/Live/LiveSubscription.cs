using System.Threading.Channels;

namespace Linewatch.Server.Live;

/// <summary>One reader of <see cref="LivePlant"/>; not thread-safe itself.</summary>
public sealed class LiveSubscription : IDisposable
{
    // One pending word is enough: whoever reads it takes everything that changed since.
    private readonly Channel<bool> _word = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly LivePlant _plant;
    private readonly Action<LiveSubscription> _end;
    private long _seen;

    internal LiveSubscription(LivePlant plant, Action<LiveSubscription> end)
    {
        _plant = plant;
        _end = end;
    }

    /// <summary>Waits for a change, then returns the newest figures of every line that changed since the last call; empty once disposed.</summary>
    public async ValueTask<IReadOnlyList<LineNow>> NextAsync(CancellationToken cancellationToken)
    {
        while (await _word.Reader.WaitToReadAsync(cancellationToken))
        {
            _word.Reader.TryRead(out _);
            (IReadOnlyList<LineNow> changed, _seen) = _plant.ChangedSince(_seen);
            if (changed.Count > 0)
            {
                return changed;
            }
        }

        return [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end(this);
        _word.Writer.TryComplete();
    }

    internal void Tell() => _word.Writer.TryWrite(true);
}
