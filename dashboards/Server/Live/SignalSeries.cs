using Linewatch.Plants;
using Linewatch.Storage;

namespace Linewatch.Server.Live;

/// <summary>A signal over a time, condensed to what a chart can show: at most some hundred windows, each with lowest, mean and highest value.</summary>
public sealed record SignalSeries(Signal Signal, DateTime From, DateTime To, TimeSpan Window, IReadOnlyList<WindowAggregate> Windows)
{
    /// <summary>Windows that a chart of this size tells apart.</summary>
    private const int Most = 400;

    // Lengths people can name, so that a tooltip reads "mean of 5 min".
    private static readonly TimeSpan[] Lengths =
        [.. new double[] { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400 }.Select(TimeSpan.FromSeconds)];

    /// <summary>Lowest value; NaN without readings.</summary>
    public double Lowest => Windows.Count == 0 ? double.NaN : Windows.Min(window => window.Min);

    /// <summary>Highest value; NaN without readings.</summary>
    public double Highest => Windows.Count == 0 ? double.NaN : Windows.Max(window => window.Max);

    /// <summary>Reads a numeric signal in [from, to).</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public static async Task<SignalSeries> ReadAsync(IReadingStore store, Signal signal, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        TimeSpan window = Lengths.FirstOrDefault(length => (to - from) / length <= Most, Lengths[^1]);
        return new SignalSeries(signal, from, to, window, await store.AggregateAsync(signal.Path, from, to, window, cancellationToken));
    }

    /// <summary>Stretches without a gap longer than three windows; a line drawn across a gap would claim what nobody measured.</summary>
    public IEnumerable<IReadOnlyList<WindowAggregate>> Stretches()
    {
        // A signal with a deadband is silent while it does not change: the usual distance of its readings counts too.
        TimeSpan allowed = TimeSpan.FromTicks(Math.Max(3 * Window.Ticks, 3 * UsualDistance()));
        List<WindowAggregate> stretch = [];
        foreach (WindowAggregate window in Windows)
        {
            if (stretch.Count > 0 && window.Start - stretch[^1].Start > allowed)
            {
                yield return stretch;
                stretch = [];
            }

            stretch.Add(window);
        }

        if (stretch.Count > 0)
        {
            yield return stretch;
        }
    }

    private long UsualDistance()
    {
        long[] distances = [.. Windows.Zip(Windows.Skip(1), (one, next) => (next.Start - one.Start).Ticks).Order()];
        return distances.Length == 0 ? 0 : distances[distances.Length / 2];
    }
}
