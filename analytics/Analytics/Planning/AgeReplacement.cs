using Linewatch.Analytics.Prognosis;

namespace Linewatch.Analytics.Planning;

/// <summary>
/// The age at which replacing a part before it fails costs least in the long run: the minimum of
/// C(T) = (c_p R(T) + c_f F(T)) / ∫₀ᵀ R(s) ds (Barlow and Proschan 1965, chapter 4). For a shape above 1 it is the only root of
/// h(T) ∫₀ᵀ R − F(T) = c_p / (c_f − c_p), and there C(T*) = (c_f − c_p) h(T*). A part that does not wear (shape at most 1), or whose
/// failure costs no more than its replacement, is never replaced before it fails. Ages are in the unit of the life's scale,
/// rates are cost per that unit.
/// </summary>
public sealed record AgeReplacement
{
    /// <summary>A smaller share saved is within what nobody could measure, and not worth the stops.</summary>
    public const double SmallestSaving = 0.01;

    private AgeReplacement(Weibull life, double plannedCost, double failureCost, double age)
    {
        double runToFailure = failureCost / life.Mean;
        Age = age;
        CostRate = double.IsPositiveInfinity(age) ? runToFailure : (failureCost - plannedCost) * life.Hazard(age);
        RunToFailureRate = runToFailure;
        FailureShare = double.IsPositiveInfinity(age) ? 1 : life.FailureProbability(age);
        Saving = Math.Max(0, 1 - (CostRate / runToFailure));
    }

    /// <summary>The best age T*; infinite where waiting for the failure is best.</summary>
    public double Age { get; }

    /// <summary>Long-run cost rate C* at the best age.</summary>
    public double CostRate { get; }

    /// <summary>Long-run cost rate without any replacement before failure: c_f over the mean life.</summary>
    public double RunToFailureRate { get; }

    /// <summary>Share of parts that still fail before the best age.</summary>
    public double FailureShare { get; }

    /// <summary>Share of the run-to-failure rate that is saved, 0 – 1.</summary>
    public double Saving { get; }

    /// <summary>What to make of it.</summary>
    public ReplacementVerdict Verdict => double.IsPositiveInfinity(Age)
        ? ReplacementVerdict.Never
        : Saving < SmallestSaving ? ReplacementVerdict.NotWorthIt : ReplacementVerdict.Worthwhile;

    /// <summary>Finds the best age.</summary>
    /// <param name="life">Life of the part.</param>
    /// <param name="plannedCost">c_p: a replacement at a planned time; above 0.</param>
    /// <param name="failureCost">c_f: a failure with everything it brings; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A cost is not finite and above 0.</exception>
    public static AgeReplacement Optimum(Weibull life, double plannedCost, double failureCost)
    {
        RequireCost(plannedCost, nameof(plannedCost));
        RequireCost(failureCost, nameof(failureCost));
        return new AgeReplacement(life, plannedCost, failureCost, BestAge(life, plannedCost, failureCost));
    }

    /// <summary>Long-run cost rate C(T) of replacing at an age, for comparing ages that the calendar allows.</summary>
    /// <param name="life">Life of the part.</param>
    /// <param name="plannedCost">c_p, above 0.</param>
    /// <param name="failureCost">c_f, above 0.</param>
    /// <param name="age">T, above 0.</param>
    public static double CostRateAt(Weibull life, double plannedCost, double failureCost, double age) =>
        ((plannedCost * life.Reliability(age)) + (failureCost * life.FailureProbability(age))) / life.ReliabilityIntegral(age);

    private static double BestAge(Weibull life, double plannedCost, double failureCost)
    {
        if (life.Shape <= 1 || failureCost <= plannedCost)
        {
            return double.PositiveInfinity;
        }

        double target = plannedCost / (failureCost - plannedCost);
        double low = 0;
        double high = life.Scale;
        while (Balance(life, high) < target)
        {
            low = high;
            high *= 2;
            if (double.IsPositiveInfinity(high))
            {
                // The shape is so near 1 that no representable age is worth waiting for.
                return double.PositiveInfinity;
            }
        }

        // The balance rises in the age, so halving cannot miss the root; it ends at the precision of the type.
        while (true)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                return high;
            }

            (low, high) = Balance(life, middle) < target ? (middle, high) : (low, middle);
        }
    }

    private static double Balance(Weibull life, double age) =>
        (life.Hazard(age) * life.ReliabilityIntegral(age)) - life.FailureProbability(age);

    private static void RequireCost(double cost, string name)
    {
        if (!double.IsFinite(cost) || cost <= 0)
        {
            throw new ArgumentOutOfRangeException(name, cost, "a cost is finite and above 0");
        }
    }
}

/// <summary>Whether replacing before failure pays.</summary>
public enum ReplacementVerdict
{
    /// <summary>Replace at the best age.</summary>
    Worthwhile,

    /// <summary>There is a best age, but it saves less than <see cref="AgeReplacement.SmallestSaving"/> of running to failure.</summary>
    NotWorthIt,

    /// <summary>The part does not wear, or its failure costs no more than its replacement: wait for the failure.</summary>
    Never,
}
