namespace Linewatch.Analytics.Oee;

/// <summary>
/// The base quantities of a window: exact times and counts, from which every figure is computed. They add up over
/// windows, lines and sites, so that no figure is ever an average of ratios. Immutable.
/// </summary>
public sealed class Quantities
{
    private static readonly int Categories = Enum.GetValues<LossCategory>().Length;
    private readonly long[] _ticks;

    internal Quantities(long[] ticks, IReadOnlyList<ProductCount> products, bool isCounted)
    {
        _ticks = ticks;
        Products = products;
        IsCounted = isCounted;
    }

    /// <summary>No time and no units: the start of a sum.</summary>
    public static Quantities Zero { get; } = new(new long[Categories], [], isCounted: true);

    /// <summary>Puts quantities together from stored ones.</summary>
    /// <param name="times">Time of each category; absent = none.</param>
    /// <param name="products">Counts by product.</param>
    /// <param name="isCounted">Whether the line has counters at all.</param>
    public static Quantities Of(IReadOnlyDictionary<LossCategory, TimeSpan> times, IReadOnlyList<ProductCount> products, bool isCounted)
    {
        long[] ticks = new long[Categories];
        foreach ((LossCategory category, TimeSpan time) in times)
        {
            ticks[(int)category] = time.Ticks;
        }

        return new Quantities(ticks, Sorted(products), isCounted);
    }

    /// <summary>Time of one category.</summary>
    public TimeSpan this[LossCategory category] => new(_ticks[(int)category]);

    /// <summary>Counts by product and ideal rate, in ordinal order of product.</summary>
    public IReadOnlyList<ProductCount> Products { get; }

    /// <summary>Whether units were counted at all; without counters performance and quality are undefined.</summary>
    public bool IsCounted { get; }

    /// <summary>Calendar time: every category together.</summary>
    public TimeSpan Calendar => new(_ticks.Sum());

    /// <summary>POT, planned operation time: calendar time less what is not scheduled.</summary>
    public TimeSpan PlannedOperation => Calendar - this[LossCategory.NotScheduled];

    /// <summary>PBT, planned busy time: POT less planned down time.</summary>
    public TimeSpan PlannedBusy => PlannedOperation - this[LossCategory.PlannedDown];

    /// <summary>APT, actual production time; minor stops stay inside it.</summary>
    public TimeSpan Production => this[LossCategory.Run] + this[LossCategory.MinorStop];

    /// <summary>
    /// Whether nothing is known of more than a twentieth of the planned busy time. It counts as lost, so the ratios then
    /// tell as much about the recording as about the line.
    /// </summary>
    public bool IsRecordedInPart => this[LossCategory.NoData] > PlannedBusy / 20;

    /// <summary>PQ, all products.</summary>
    public long Total => Products.Sum(product => product.Total);

    /// <summary>GQ, all products.</summary>
    public long Good => Products.Sum(product => product.Good);

    /// <summary>Rejected units, all products.</summary>
    public long Reject => Products.Sum(product => product.Reject);

    /// <summary>What the buffers between the critical and the counting machine gained: PQ − GQ − rejects. Never hidden in rejects.</summary>
    public long BufferChange => Total - Good - Reject;

    /// <summary>Σ PRI × PQ in seconds; null when something was made whose ideal rate is unknown, or nothing is counted.</summary>
    public double? IdealSeconds => Ideal(product => product.Total);

    /// <summary>Σ PRI × GQ in seconds; null as for <see cref="IdealSeconds"/>.</summary>
    public double? IdealGoodSeconds => Ideal(product => product.Good);

    /// <summary>Σ PRI × rejects in seconds; null as for <see cref="IdealSeconds"/>.</summary>
    public double? IdealRejectSeconds => Ideal(product => product.Reject);

    /// <summary>Σ PRI × start-up rejects in seconds; null as for <see cref="IdealSeconds"/>.</summary>
    public double? IdealStartUpRejectSeconds => Ideal(product => product.StartUpReject);

    /// <summary>The quantities of both windows together.</summary>
    public Quantities Plus(Quantities other)
    {
        long[] ticks = new long[Categories];
        for (int i = 0; i < ticks.Length; i++)
        {
            ticks[i] = _ticks[i] + other._ticks[i];
        }

        List<ProductCount> products = [.. Products];
        foreach (ProductCount count in other.Products)
        {
            int same = products.FindIndex(p => p.Product == count.Product && Nullable.Equals(p.IdealSecondsPerUnit, count.IdealSecondsPerUnit));
            if (same < 0)
            {
                products.Add(count);
            }
            else
            {
                products[same] = products[same].Plus(count);
            }
        }

        return new Quantities(ticks, Sorted(products), IsCounted && other.IsCounted);
    }

    /// <summary>Sums in one fixed order give one result to the last bit.</summary>
    private static ProductCount[] Sorted(IEnumerable<ProductCount> products) =>
        [.. products.OrderBy(p => p.Product, StringComparer.Ordinal).ThenBy(p => p.IdealSecondsPerUnit ?? double.MaxValue)];

    private double? Ideal(Func<ProductCount, long> units)
    {
        if (!IsCounted)
        {
            return null;
        }

        double seconds = 0;
        foreach (ProductCount product in Products)
        {
            if (product.IdealSecondsPerUnit is { } each)
            {
                seconds += each * units(product);
            }
            else if (product.Total != 0 || product.Good != 0 || product.Reject != 0)
            {
                return null;
            }
        }

        return seconds;
    }
}
