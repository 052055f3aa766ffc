namespace Linewatch.Analytics.Prognosis;

/// <summary>A life as far as it is known.</summary>
/// <param name="Age">Age at failure, or at the last look where it had not failed yet; above 0.</param>
/// <param name="Failed">False where the part was replaced or is still running (right censored).</param>
public readonly record struct ObservedLife(double Age, bool Failed);

/// <summary>
/// Fits a <see cref="Weibull"/> to lives of which some are censored by maximum likelihood. The scale follows from the
/// shape, and the shape is the only root of Σ tᵝ ln t / Σ tᵝ − 1/β − mean ln(t of the failed) = 0
/// (Cohen 1965, Technometrics 7:579), which rises in β: bisection cannot miss it.
/// </summary>
public static class WeibullFit
{
    private const double SmallestShape = 1e-3;
    private const double LargestShape = 1e3;

    /// <summary>The most likely distribution, or null where fewer than two different ages at failure are known.</summary>
    /// <exception cref="ArgumentException">An age is not finite and above 0.</exception>
    public static Weibull? Fit(IReadOnlyList<ObservedLife> lives)
    {
        double longest = 0;
        double logFailed = 0;
        int failed = 0;
        HashSet<double> failureAges = [];
        foreach (ObservedLife life in lives)
        {
            if (!double.IsFinite(life.Age) || life.Age <= 0)
            {
                throw new ArgumentException($"A life of {life.Age} is not an age; it must be finite and above 0.", nameof(lives));
            }

            longest = Math.Max(longest, life.Age);
            if (life.Failed)
            {
                failed++;
                _ = failureAges.Add(life.Age);
            }
        }

        if (failureAges.Count < 2)
        {
            return null;
        }

        // Ages as shares of the longest, so that powers cannot overflow.
        double[] logAges = new double[lives.Count];
        for (int i = 0; i < logAges.Length; i++)
        {
            logAges[i] = Math.Log(lives[i].Age / longest);
            logFailed += lives[i].Failed ? logAges[i] / failed : 0;
        }

        double low = SmallestShape;
        double high = LargestShape;
        while (high - low > 1e-12 * high)
        {
            double middle = Math.Sqrt(low * high);
            if (middle <= low || middle >= high)
            {
                break;
            }

            (low, high) = Score(logAges, logFailed, middle) < 0 ? (middle, high) : (low, middle);
        }

        double shape = Math.Sqrt(low * high);
        double powers = 0;
        foreach (double logAge in logAges)
        {
            powers += Math.Exp(shape * logAge);
        }

        return new Weibull(shape, longest * Math.Pow(powers / failed, 1 / shape));
    }

    private static double Score(double[] logAges, double logFailed, double shape)
    {
        double powers = 0;
        double weighted = 0;
        foreach (double logAge in logAges)
        {
            double power = Math.Exp(shape * logAge);
            powers += power;
            weighted += power * logAge;
        }

        return (weighted / powers) - (1 / shape) - logFailed;
    }
}
