using System.Collections.Concurrent;
using System.Collections.Immutable;
using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Server.Live;

/// <summary>
/// The newest figures of every line, and word of each change. A slow reader never holds back the analytics and costs no
/// memory: it is told that a line changed and then reads the newest figures. Thread-safe.
/// </summary>
public sealed class LivePlant(CurrentPlant plant)
{
    private readonly ConcurrentDictionary<string, Stamped> _lines = new(StringComparer.Ordinal);
    private ImmutableArray<LiveSubscription> _subscribers = [];
    private long _version;

    /// <summary>Readers that listen now.</summary>
    public int Subscribers => _subscribers.Length;

    /// <summary>Event time of the newest reading of any line; null before the first one.</summary>
    public DateTime? DataTime => _lines.Values.Max(line => line.Now.DataTime);

    /// <summary>Makes a snapshot the newest of its line and tells every reader. A line that the running plant no longer has is ignored.</summary>
    public void Publish(LineSnapshot snapshot)
    {
        Plant running = plant.Value;
        if (running.TryGetLine(snapshot.Line, out Line? line))
        {
            Publish(LineNow.Of(running, line, snapshot));
        }
    }

    /// <summary>Makes figures the newest of their line and tells every reader.</summary>
    public void Publish(LineNow line)
    {
        Stamped stamped = new(line, Interlocked.Increment(ref _version));
        _lines.AddOrUpdate(line.Line, stamped, (_, known) => known.Version > stamped.Version ? known : stamped);
        foreach (LiveSubscription subscriber in _subscribers)
        {
            subscriber.Tell();
        }
    }

    /// <summary>The newest figures of a line of the running plant; null when there is no such line.</summary>
    public LineNow? Find(string line) =>
        !plant.Value.TryGetLine(line, out Line? known) ? null
        : _lines.TryGetValue(line, out Stamped? latest) ? latest.Now
        : LineNow.Silent(known);

    /// <summary>The newest figures of every line, in the plant's order.</summary>
    public IReadOnlyList<LineNow> All() => [.. plant.Value.Lines.Select(line => Find(line.Id)!)];

    /// <summary>Listens until disposed; the first read gets every line heard of by then.</summary>
    public LiveSubscription Subscribe()
    {
        LiveSubscription subscription = new(this, ended => ImmutableInterlocked.Update(ref _subscribers, all => all.Remove(ended)));
        ImmutableInterlocked.Update(ref _subscribers, all => all.Add(subscription));
        subscription.Tell();
        return subscription;
    }

    /// <summary>What changed after a version, in the order of change, and the version reached.</summary>
    internal (IReadOnlyList<LineNow> Changed, long Version) ChangedSince(long version)
    {
        Stamped[] changed = [.. _lines.Values.Where(line => line.Version > version).OrderBy(line => line.Version)];
        return ([.. changed.Select(line => line.Now)], changed.Length == 0 ? version : changed[^1].Version);
    }

    private sealed record Stamped(LineNow Now, long Version);
}
