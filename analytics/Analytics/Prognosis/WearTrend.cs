using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Forecasts when a wear signal reaches its limit. A straight line and an exponential are fitted with the Theil–Sen
/// estimator (median of pairwise slopes: Theil 1950, Sen 1968), which up to 29 % of outliers do not move; the line is
/// taken unless the exponential, fitted to the first two thirds, foretells the last third clearly better. Only what was read since
/// wear set in (<see cref="WearOnset"/>) is fitted. Whether there
/// is a trend at all is the Mann–Kendall test (Mann 1945).
/// The band comes from refitting resampled blocks of residuals (moving block bootstrap, Künsch 1989), so that
/// readings that depend on their neighbours do not make it too narrow. Pure and deterministic.
/// </summary>
public static class WearTrend
{
    /// <summary>Pairwise slopes grow with the square: more samples are thinned to medians of equal spans of time.</summary>
    private const int MostPoints = 90;

    /// <summary>The line stays unless the exponential's errors on the last third are smaller by this factor.</summary>
    private const double ExponentialMustBeatLineBy = 0.7;

    /// <summary>Forecasts the crossing, or says why it cannot.</summary>
    /// <param name="samples">Values by event time in hours from any origin, ascending; taken while the machine was running.</param>
    /// <param name="limit">The value that demands maintenance, in the unit of the values.</param>
    /// <param name="rising">Whether wear raises the value.</param>
    /// <param name="settings">What is enough data, how sure to be, how far to look.</param>
    public static WearForecast Forecast(ReadOnlySpan<WearSample> samples, double limit, bool rising, WearTrendSettings settings)
    {
        if (samples.Length < settings.FewestSamples)
        {
            return WearForecast.Refused($"{samples.Length} samples while running, {settings.FewestSamples} are needed");
        }

        double span = samples[^1].Hours - samples[0].Hours;
        if (span < settings.ShortestSpanHours)
        {
            return WearForecast.Refused($"the samples span {span:0.#} h, {settings.ShortestSpanHours:0.#} h are needed");
        }

        (double[] hours, double[] values) = Thin(samples);
        double? sound = null;
        if (WearOnset.Find(hours, values, rising) is { } onset)
        {
            // What was read while the part was sound says nothing of how fast it wears.
            samples = Since(samples, onset.Hours);
            if (samples.Length < settings.FewestSamples || samples[^1].Hours - samples[0].Hours < settings.ShortestSpanHours)
            {
                return WearForecast.Refused($"wear set in {samples[^1].Hours - onset.Hours:0.#} h ago, {settings.ShortestSpanHours:0.#} h and {settings.FewestSamples} samples are needed");
            }

            (hours, values) = Thin(samples);
            sound = onset.Level;
        }

        double z = MannKendall.Z(values) * (rising ? 1 : -1);
        if (z < settings.TrendZ)
        {
            return WearForecast.Refused($"no trend towards the limit: Mann–Kendall z is {z:0.0}, {settings.TrendZ:0.0} is needed");
        }

        TrendLine fit = Choose(hours, values);
        double now = samples[^1].Hours;
        double crossing = fit.Reaches(limit);
        if (fit.Slope * (rising ? 1 : -1) <= 0 || crossing - now > settings.HorizonHours)
        {
            return WearForecast.Refused($"the trend reaches the limit {limit:g4} in more than {settings.HorizonHours / 24:0} days");
        }

        double from = sound ?? fit.At(hours[0]);
        if ((rising ? from < limit : from > limit) && (fit.At(now) - from) / (limit - from) < settings.LeastWay && (sound is not null || DailySwing.TrendBeside(hours, values) * (rising ? 1 : -1) < settings.TrendBesideDay))
        {
            return WearForecast.Refused($"the change is less than {settings.LeastWay:P0} of the way to the limit and no more than a daily swing could be");
        }

        double[] crossings = Bootstrap(hours, values, fit, limit, now, settings);
        return WearForecast.Crossing(
            fit.IsExponential ? WearModel.Exponential : WearModel.Linear,
            level: fit.At(now),
            changePerDay: fit.At(now + 12) - fit.At(now - 12),
            early: crossings.Quantile(settings.Alpha) - now,
            middle: crossing - now,
            late: crossings.Quantile(1 - settings.Alpha) - now,
            samples: samples.Length,
            from: samples[0].Hours);
    }

    private static ReadOnlySpan<WearSample> Since(ReadOnlySpan<WearSample> samples, double hours)
    {
        int first = 0;
        while (samples[first].Hours < hours)
        {
            first++;
        }

        return samples[first..];
    }

    private static TrendLine Choose(double[] hours, double[] values)
    {
        bool isExponential = false;
        if (values.Min() > 0)
        {
            int seen = values.Length * 2 / 3;
            double line = TrendLine.Fit(hours[..seen], values[..seen], exponential: false).Scatter(hours[seen..], values[seen..]);
            double exponential = TrendLine.Fit(hours[..seen], values[..seen], exponential: true).Scatter(hours[seen..], values[seen..]);
            isExponential = exponential < ExponentialMustBeatLineBy * line;
        }

        return TrendLine.Fit(hours, values, isExponential);
    }

    private static double[] Bootstrap(double[] hours, double[] values, TrendLine fit, double limit, double now, WearTrendSettings settings)
    {
#pragma warning disable CA5394 // resampling, not security; a fixed seed keeps the forecast reproducible
        Random random = new(settings.Seed);
        double[] residuals = fit.Residuals(hours, values);
        int block = Math.Max(2, (int)Math.Ceiling(Math.Cbrt(residuals.Length)));

        // The fit has taken two degrees of freedom out of as many independent values as there are blocks.
        double blocks = residuals.Length / (double)block;
        double inflation = Math.Sqrt(blocks / (blocks - 2));
        double[] resampled = new double[values.Length];
        double[] crossings = new double[settings.Resamples];
        for (int resample = 0; resample < crossings.Length; resample++)
        {
            int from = 0;
            for (int i = 0; i < resampled.Length; i++)
            {
                if (i % block == 0)
                {
                    from = random.Next(residuals.Length - block + 1);
                }

                resampled[i] = fit.WithResidual(hours[i], inflation * residuals[from + (i % block)]);
            }

            double crossing = TrendLine.Fit(hours, resampled, fit.IsExponential).Reaches(limit);
            crossings[resample] = double.IsFinite(crossing) ? Math.Min(crossing, now + settings.HorizonHours) : now + settings.HorizonHours;
        }
#pragma warning restore CA5394

        return crossings;
    }

    private static (double[] Hours, double[] Values) Thin(ReadOnlySpan<WearSample> samples)
    {
        if (samples.Length <= MostPoints)
        {
            return (Array.ConvertAll(samples.ToArray(), sample => sample.Hours), Array.ConvertAll(samples.ToArray(), sample => sample.Value));
        }

        double start = samples[0].Hours;
        double width = (samples[^1].Hours - start) / MostPoints;
        var spans = samples.ToArray()
            .GroupBy(sample => Math.Min((int)((sample.Hours - start) / width), MostPoints - 1))
            .Select(group => (Hours: group.Average(sample => sample.Hours), Value: group.Select(sample => sample.Value).Median()))
            .ToArray();
        return ([.. spans.Select(point => point.Hours)], [.. spans.Select(point => point.Value)]);
    }
}
