namespace Linewatch.Server.Live;

/// <summary>The vertical scale of a chart: round numbers around the values.</summary>
public sealed record ChartScale(double Bottom, double Top, double Step)
{
    /// <summary>About so many lines across a chart.</summary>
    private const int Lines = 5;

    /// <summary>The values at which a line is drawn.</summary>
    public IEnumerable<double> Marks()
    {
        int count = (int)Math.Round((Top - Bottom) / Step);
        for (int i = 0; i <= count; i++)
        {
            yield return Bottom + (i * Step);
        }
    }

    /// <summary>Where a value lies: 0 at the bottom, 1 at the top.</summary>
    public double Share(double value) => (value - Bottom) / (Top - Bottom);

    /// <summary>A scale that shows every value from lowest to highest with steps of 1, 2 or 5 times a power of ten.</summary>
    public static ChartScale Around(double lowest, double highest)
    {
        double span = highest - lowest;
        if (span <= Math.Abs(highest) * 1e-9)
        {
            span = Math.Max(Math.Abs(highest) * 0.1, 1);
            (lowest, highest) = (lowest - (span / 2), highest + (span / 2));
        }

        double magnitude = Math.Pow(10, Math.Floor(Math.Log10(span / Lines)));
        double step = magnitude * ((span / Lines / magnitude) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        return new ChartScale(Math.Floor(lowest / step) * step, Math.Ceiling(highest / step) * step, step);
    }
}
