using MathNet.Numerics.Distributions;

namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Wear as a Wiener process with drift seen through noisy readings (Whitmore 1995), in the signal's unit or, for wear that
/// grows by ratios, in its logarithm (Gebraeel et al. 2005). The differences of the readings have a covariance of three diagonals, of
/// which drift, level and scale follow in closed form (generalised least squares) for each share that noise may have in it; the
/// shares, and steps against ratios, are weighed by their restricted likelihood instead of being chosen.
/// Pure and deterministic.
/// </summary>
public static class WienerWear
{
    /// <summary>More samples are averaged over equal spans of time: neighbours say nearly the same.</summary>
    private const int MostPoints = 200;

    /// <summary>A way less likely than the best by this factor is left out.</summary>
    private const double Negligible = 1e-4;

    /// <summary>Points of equal weight that stand for what is not known of the drift, and of the level.</summary>
    private const int DriftPoints = 21;

    private const int LevelPoints = 5;

    private static readonly double[] NoiseShares = [0, .. Enumerable.Range(-12, 25).Select(i => 1 / (1 + Math.Exp(-0.6 * i))), 1];

    /// <summary>Tells when the limit is reached.</summary>
    /// <param name="samples">Values by event time in hours from any origin, ascending; taken while the machine was running; at least 4 different times.</param>
    /// <param name="limit">The value that demands maintenance, in the unit of the values.</param>
    /// <param name="rising">Whether wear raises the value.</param>
    /// <exception cref="ArgumentException">There are fewer than 4 samples at different times, or a value is not finite.</exception>
    public static WearLife Forecast(ReadOnlySpan<WearSample> samples, double limit, bool rising)
    {
        (double[] hours, double[] values) = Thin(samples);
        if (hours.Length < 4 || values.Any(value => !double.IsFinite(value)))
        {
            throw new ArgumentException($"{hours.Length} samples at different times; at least 4 with finite values are needed.", nameof(samples));
        }

        List<Way> ways = Ways(hours, values, limit, rising, isExponential: false);
        if (limit > 0 && values.Min() > 0)
        {
            ways.AddRange(Ways(hours, values, limit, rising, isExponential: true));
        }

        double best = ways.Max(way => way.LogLikelihood);
        ways.RemoveAll(way => Math.Exp(way.LogLikelihood - best) < Negligible);
        double exponential = ways.Where(way => way.IsExponential).Sum(way => Math.Exp(way.LogLikelihood - best));
        double all = ways.Sum(way => Math.Exp(way.LogLikelihood - best));
        double[] driftErrors = [.. Enumerable.Range(0, DriftPoints).Select(i => StudentT.InvCDF(0, 1, hours.Length - 2, (i + 0.5) / DriftPoints))];
        double[] levelErrors = [.. Enumerable.Range(0, LevelPoints).Select(i => Normal.InvCDF(0, 1, (i + 0.5) / LevelPoints))];
        return new WearLife(
            [
                .. from way in ways
                   from drift in driftErrors
                   from level in levelErrors
                   select (Passage(way, drift, level), Math.Exp(way.LogLikelihood - best)),
            ],
            exponential / all);
    }

    private static List<Way> Ways(double[] hours, double[] values, double limit, bool rising, bool isExponential)
    {
        int sign = rising ? 1 : -1;
        double[] wear = Array.ConvertAll(values, value => sign * (isExponential ? Math.Log(value) : value));
        double target = sign * (isExponential ? Math.Log(limit) : limit);
        double[] steps = Differences(wear);
        double[] spans = Differences(hours);
        double meanSpan = spans.Average();

        // Likelihoods of values and of logarithms compare only in one unit; drift and level have a flat prior each.
        double unit = isExponential ? -values.Sum(Math.Log) * (values.Length - 2) / values.Length : 0;
        return [.. NoiseShares.Select(noise =>
        {
            TridiagonalMatrix shape = new([.. spans.Select(span => ((1 - noise) * span / meanSpan) + (2 * noise))], -noise);
            double[] weighted = shape.Solve(spans);
            double information = Dot(spans, weighted);
            double drift = Dot(steps, weighted) / information;
            double[] residuals = [.. steps.Zip(spans, (step, span) => step - (drift * span))];
            double[] solved = shape.Solve(residuals);
            int freedom = steps.Length - 1;
            double variance = Math.Max(Dot(residuals, solved) / freedom, 1e-24 * ((wear[^1] * wear[^1]) + (target * target)));
            double logLikelihood = unit - (0.5 * ((freedom * Math.Log(variance)) + shape.LogDeterminant + Math.Log(information)));
            return new Way(
                isExponential,
                logLikelihood,
                Distance: target - (wear[^1] - (noise * solved[^1])),
                LevelByDrift: noise * weighted[^1],
                LevelDeviation: Math.Sqrt(Math.Max(0, variance * noise * (1 - (noise * shape.InverseAtEnd)))),
                drift,
                DriftDeviation: Math.Sqrt(variance / information),
                Diffusion: Math.Sqrt(variance * (1 - noise) / meanSpan));
        })];
    }

    private static FirstPassage Passage(Way way, double driftError, double levelError)
    {
        double off = way.DriftDeviation * driftError;
        double level = (way.LevelByDrift * off) + (way.LevelDeviation * levelError);
        return new FirstPassage(way.Distance - level, way.Drift + off, way.Diffusion);
    }

    private static (double[] Hours, double[] Values) Thin(ReadOnlySpan<WearSample> samples)
    {
        if (samples.Length == 0)
        {
            return ([], []);
        }

        double start = samples[0].Hours;
        double width = Math.Max((samples[^1].Hours - start) / MostPoints, 1e-9);
        var points = samples.ToArray()
            .GroupBy(sample => Math.Min((long)((sample.Hours - start) / width), MostPoints - 1))
            .Select(group => (Hours: group.Average(sample => sample.Hours), Value: group.Average(sample => sample.Value)))
            .ToArray();
        return ([.. points.Select(point => point.Hours)], [.. points.Select(point => point.Value)]);
    }

    private static double[] Differences(double[] values) => [.. values.Skip(1).Zip(values, (later, earlier) => later - earlier)];

    private static double Dot(double[] one, double[] other) => one.Zip(other, (a, b) => a * b).Sum();

    /// <summary>One way the wear may be going.</summary>
    private sealed record Way(
        bool IsExponential,
        double LogLikelihood,
        double Distance,
        double LevelByDrift,
        double LevelDeviation,
        double Drift,
        double DriftDeviation,
        double Diffusion);
}
