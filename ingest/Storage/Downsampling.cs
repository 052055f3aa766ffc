namespace Linewatch.Storage;

/// <summary>The resolutions of the downsampled series, and how an aggregate query is put together from them and from raw readings.</summary>
internal static class Downsampling
{
    /// <summary>Finest downsampled windows.</summary>
    public static readonly TimeSpan Fine = TimeSpan.FromMinutes(1);

    /// <summary>Coarsest downsampled windows, a multiple of <see cref="Fine"/>.</summary>
    public static readonly TimeSpan Coarse = TimeSpan.FromMinutes(15);

    /// <summary>The coarsest resolution that windows of this length are whole multiples of, or null.</summary>
    public static TimeSpan? ResolutionFor(TimeSpan window) =>
        window.Ticks % Coarse.Ticks == 0 ? Coarse : window.Ticks % Fine.Ticks == 0 ? Fine : null;

    /// <summary>[from, to) widened to whole quarter hours.</summary>
    public static DownsampledRange Widened(DateTime from, DateTime to) => new(Floor(from, Coarse), Ceiling(to, Coarse));

    /// <summary>The part of [from, to) that downsampled windows of this resolution answer; empty when none does.</summary>
    public static DownsampledRange Usable(DownsampledRange covered, DateTime from, DateTime to, TimeSpan resolution)
    {
        DateTime start = Ceiling(from > covered.From ? from : covered.From, resolution);
        DateTime end = Floor(to < covered.To ? to : covered.To, resolution);
        return end > start ? new DownsampledRange(start, end) : default;
    }

    /// <summary>Puts windows that follow each other in time together into longer ones.</summary>
    public static List<WindowAggregate> Merge(IEnumerable<WindowAggregate> windows, TimeSpan window)
    {
        List<WindowAggregate> merged = [];
        WindowAccumulator current = default;
        DateTime start = default;
        foreach (WindowAggregate part in windows)
        {
            DateTime itsStart = Floor(part.Start, window);
            if (itsStart != start && current.Count > 0)
            {
                merged.Add(current.ToAggregate(start));
                current = default;
            }

            start = itsStart;
            current.Add(part);
        }

        if (current.Count > 0)
        {
            merged.Add(current.ToAggregate(start));
        }

        return merged;
    }

    public static DateTime Floor(DateTime utc, TimeSpan window) => UnixTime.FromTicks(UnixTime.WindowStart(UnixTime.ToTicks(UnixTime.Clamp(utc)), window.Ticks));

    private static DateTime Ceiling(DateTime utc, TimeSpan window)
    {
        DateTime floor = Floor(utc, window);
        return floor < UnixTime.Clamp(utc) ? floor + window : floor;
    }
}

/// <summary>A range [From, To) of event times that the downsampled series cover; empty when both are equal.</summary>
internal readonly record struct DownsampledRange(DateTime From, DateTime To)
{
    public bool IsEmpty => To <= From;

    /// <summary>
    /// The one range that is known to be covered once <paramref name="added"/> is: both together where they touch, else the later.
    /// </summary>
    public DownsampledRange With(DownsampledRange added) =>
        IsEmpty || added.From > To ? added
        : added.IsEmpty || added.To < From ? this
        : new DownsampledRange(added.From < From ? added.From : From, added.To > To ? added.To : To);
}
