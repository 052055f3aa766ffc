namespace Linewatch.Analytics.Prognosis;

/// <summary>When a wear signal reaches its limit, or why that cannot be said. Hours count from the last sample.</summary>
public sealed record WearForecast
{
    /// <summary>Why there is no forecast; null when there is one.</summary>
    public string? Refusal { get; private init; }

    /// <summary>Curve that fits best.</summary>
    public WearModel Model { get; private init; }

    /// <summary>The fitted value at the last sample, in the signal's unit.</summary>
    public double Level { get; private init; }

    /// <summary>Fitted change a day now, in the signal's unit.</summary>
    public double ChangePerDay { get; private init; }

    /// <summary>Hours to the limit that are undercut with probability alpha; never below 0.</summary>
    public double EarlyHours { get; private init; }

    /// <summary>Hours to the limit by the fitted curve; 0 when it has been reached.</summary>
    public double MiddleHours { get; private init; }

    /// <summary>Hours to the limit that are exceeded with probability alpha.</summary>
    public double LateHours { get; private init; }

    /// <summary>Samples behind the forecast.</summary>
    public int Samples { get; private init; }

    /// <summary>Hour of the first sample that was fitted: wear set in then, or samples begin.</summary>
    public double FromHours { get; private init; }

    /// <summary>The part of the samples that was fitted.</summary>
    public ReadOnlySpan<WearSample> Since(WearSample[] samples)
    {
        double from = FromHours;
        int first = Array.FindIndex(samples, sample => sample.Hours >= from);
        return samples.AsSpan(Math.Max(0, first));
    }

    /// <summary>The forecast averaged, quantile by quantile (Vincent), with what past runs to failure say.</summary>
    public WearForecast With((double Early, double Middle, double Late) similar) => this with
    {
        EarlyHours = (EarlyHours + similar.Early) / 2,
        MiddleHours = (MiddleHours + similar.Middle) / 2,
        LateHours = (LateHours + similar.Late) / 2,
    };

    /// <summary>
    /// The forecast with the ends of its band averaged with those of wear that wanders on its way: the trend's own band knows only the noise
    /// around the curve that it chose, and not that wear may go on otherwise.
    /// </summary>
    public WearForecast With(WearLife life)
    {
        double late = life.Quantile(0.95);
        return this with
        {
            EarlyHours = Math.Min(MiddleHours, (EarlyHours + life.Quantile(0.05)) / 2),
            LateHours = double.IsFinite(late) ? Math.Max(MiddleHours, (LateHours + late) / 2) : LateHours,
        };
    }

    internal static WearForecast Refused(string why) => new() { Refusal = why };

    internal static WearForecast Crossing(
        WearModel model, double level, double changePerDay, double early, double middle, double late, int samples, double from) => new()
        {
            Model = model,
            Level = level,
            ChangePerDay = changePerDay,
            EarlyHours = Math.Max(0, Math.Min(early, middle)),
            MiddleHours = Math.Max(0, middle),
            LateHours = Math.Max(0, Math.Max(late, middle)),
            Samples = samples,
            FromHours = from,
        };
}

/// <summary>How a component wears.</summary>
public enum WearModel
{
    /// <summary>The same change every hour.</summary>
    Linear,

    /// <summary>The same ratio every hour.</summary>
    Exponential,
}
