using Linewatch.Analytics.Prognosis;

namespace Linewatch.Analytics.Planning;

/// <summary>
/// A part in service: how its life goes on and what its replacement costs, planned or after a failure. Times are days from now,
/// costs any one currency.
/// </summary>
public sealed class ComponentAtRisk
{
    /// <param name="life">Life of such parts, in days.</param>
    /// <param name="age">Days in service, from 0.</param>
    /// <param name="plannedCost">c_p: replacement at a planned time; above 0.</param>
    /// <param name="failureCost">c_f: failure with lost production, scrap, restart; above 0.</param>
    /// <param name="lifePrice">g: what a day of a part's life is worth; null = the cost rate of age replacement for the same life.</param>
    /// <exception cref="ArgumentOutOfRangeException">An age or cost is out of its range.</exception>
    public ComponentAtRisk(Weibull life, double age, double plannedCost, double failureCost, double? lifePrice = null)
    {
        if (!double.IsFinite(age) || age < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(age), age, "an age is finite and not below 0");
        }

        Life = life;
        Age = age;
        PlannedCost = plannedCost;
        FailureCost = failureCost;
        Replacement = AgeReplacement.Optimum(life, plannedCost, failureCost);
        LifePrice = lifePrice ?? Replacement.CostRate;
    }

    /// <summary>Life of such parts, in days.</summary>
    public Weibull Life { get; }

    /// <summary>Days in service.</summary>
    public double Age { get; }

    /// <summary>c_p.</summary>
    public double PlannedCost { get; }

    /// <summary>c_f.</summary>
    public double FailureCost { get; }

    /// <summary>When such a part would be replaced if nothing but its age counted.</summary>
    public AgeReplacement Replacement { get; }

    /// <summary>g: what a day of a part's life is worth. It is the price of replacing early.</summary>
    public double LifePrice { get; }

    /// <summary>Probability that it fails within so many days.</summary>
    public double FailureProbability(double day) => Life.ConditionalFailureProbability(Age, day);

    /// <summary>
    /// Expected marginal cost of planning the replacement for a day: c_p S(t) + c_f F(t) − g ∫₀ᵗ S(u) du, with S and F given the age.
    /// Its minimum without any constraint is the rest of the best age: age replacement is the special case.
    /// </summary>
    public double CostAt(double day)
    {
        double survives = Life.ConditionalReliability(Age, day);
        double fails = Life.ConditionalFailureProbability(Age, day);
        return (PlannedCost * survives) + (FailureCost * fails) - (LifePrice * Life.ConditionalReliabilityIntegral(Age, day));
    }

    /// <summary>Expected cost of leaving it for after the horizon: of the best day from the day after on.</summary>
    public double LaterCost(double horizonDays)
    {
        // Waiting pays until the hazard outweighs the price of life: (c_f − c_p) h(age + t) = g, for a life that wears.
        double best = Life.Shape > 1 && FailureCost > PlannedCost
            ? (Life.Scale * Math.Pow(LifePrice * Life.Scale / (Life.Shape * (FailureCost - PlannedCost)), 1 / (Life.Shape - 1))) - Age
            : 0;
        return CostAt(Math.Max(horizonDays + 1, double.IsFinite(best) ? best : 0));
    }

    /// <summary>Cost of not planning it within the horizon, as the public planning instances price it: replacement on the day after, and a surcharge of 15 % of c_p for the open end.</summary>
    public double UnplannedCost(double horizonDays) => CostAt(horizonDays + 1) + (0.15 * PlannedCost);
}
