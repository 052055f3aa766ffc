using MathNet.Numerics;

namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// The Weibull distribution of a life: R(t) = exp(−(t/η)^β). Shape below 1 is infant mortality, 1 chance, above 1 wear.
/// Any unit of time or usage; all figures are in the unit of the scale.
/// </summary>
public sealed class Weibull
{
    private const double LongOverdue = 500;

    /// <param name="shape">β, above 0.</param>
    /// <param name="scale">η, the life by which 63.2 % have failed; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not finite and above 0.</exception>
    public Weibull(double shape, double scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shape);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        if (!double.IsFinite(shape) || !double.IsFinite(scale))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), $"Shape {shape} and scale {scale} must be finite.");
        }

        Shape = shape;
        Scale = scale;
    }

    /// <summary>β.</summary>
    public double Shape { get; }

    /// <summary>η.</summary>
    public double Scale { get; }

    /// <summary>Mean life, η Γ(1 + 1/β).</summary>
    public double Mean => Scale * SpecialFunctions.Gamma(1 + (1 / Shape));

    /// <summary>Failures per unit of time among those alive at the age; 0 at negative ages.</summary>
    public double Hazard(double age) => age < 0 ? 0 : Shape / Scale * Math.Pow(age / Scale, Shape - 1);

    /// <summary>Failures per unit of time of all that began; 0 at negative ages.</summary>
    public double Density(double age) => age < 0 ? 0 : Hazard(age) * Reliability(age);

    /// <summary>Share alive at the age; 1 at negative ages.</summary>
    public double Reliability(double age) => age <= 0 ? 1 : Math.Exp(-Math.Pow(age / Scale, Shape));

    /// <summary>Share failed by the age, precise where it is small.</summary>
    public double FailureProbability(double age) => age <= 0 ? 0 : -ExpMinusOne(-Math.Pow(age / Scale, Shape));

    /// <summary>Probability that one alive at <paramref name="age"/> is still alive <paramref name="ahead"/> later.</summary>
    public double ConditionalReliability(double age, double ahead) => Math.Exp(-HazardAhead(age, ahead));

    /// <summary>Probability that one alive at <paramref name="age"/> fails within <paramref name="ahead"/>, precise where it is small.</summary>
    public double ConditionalFailureProbability(double age, double ahead) => -ExpMinusOne(-HazardAhead(age, ahead));

    /// <summary>
    /// Expected time in service until the age: ∫₀ᵗ R(s) ds = η Γ(1 + 1/β) P(1/β, (t/η)^β), with P the regularised lower
    /// incomplete gamma function.
    /// </summary>
    public double ReliabilityIntegral(double age)
    {
        if (age <= 0)
        {
            return 0;
        }

        double cumulativeHazard = Math.Pow(age / Scale, Shape);
        if (cumulativeHazard < 1e-8)
        {
            // The library's incomplete gamma function is 0 near 0, where its power of 1/β is not; the series has lost nothing here.
            return age * (1 - (cumulativeHazard / (Shape + 1)));
        }

        return double.IsPositiveInfinity(cumulativeHazard)
            ? Mean
            : Mean * SpecialFunctions.GammaLowerRegularized(1 / Shape, cumulativeHazard);
    }

    /// <summary>Expected time in service from <paramref name="age"/> on, at most <paramref name="ahead"/>, of one alive at that age.</summary>
    public double ConditionalReliabilityIntegral(double age, double ahead)
    {
        double from = Math.Max(0, age);
        double hazardBehind = Math.Pow(from / Scale, Shape);
        if (hazardBehind > LongOverdue)
        {
            // Hardly anything gets here (and e⁻ᴴ would underflow); what does ends at a rate that hardly changes while it lasts.
            double hazard = Hazard(from);
            return -ExpMinusOne(-hazard * Math.Max(0, ahead)) / hazard;
        }

        // Early, the lower incomplete gamma function keeps the digits; late, the upper one does.
        double until = from + Math.Max(0, ahead);
        return (hazardBehind < 1
            ? ReliabilityIntegral(until) - ReliabilityIntegral(from)
            : IntegralFrom(from) - IntegralFrom(until)) / Math.Exp(-hazardBehind);
    }

    /// <summary>Mean remaining life of one alive at the age.</summary>
    public double MeanRemaining(double age) => ConditionalReliabilityIntegral(age, double.PositiveInfinity);

    /// <summary>The age by which the share has failed.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double Quantile(double share) => RemainingQuantile(0, share);

    /// <summary>The time ahead by which the share of those alive at <paramref name="age"/> has failed.</summary>
    /// <param name="age">Age, from 0.</param>
    /// <param name="share">From 0 to 1.</param>
    public double RemainingQuantile(double age, double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        double from = Math.Max(0, age);
        double hazard = Math.Pow(from / Scale, Shape) - LogOnePlus(-share);
        return Math.Max(0, (Scale * Math.Pow(hazard, 1 / Shape)) - from);
    }

    private double IntegralFrom(double age)
    {
        double hazard = Math.Pow(age / Scale, Shape);
        return double.IsPositiveInfinity(hazard) ? 0 : Mean * SpecialFunctions.GammaUpperRegularized(1 / Shape, hazard);
    }

    private double HazardAhead(double age, double ahead)
    {
        double from = Math.Max(0, age);
        return Math.Pow((from + Math.Max(0, ahead)) / Scale, Shape) - Math.Pow(from / Scale, Shape);
    }

    private static double ExpMinusOne(double x) => Math.Abs(x) < 1e-5 ? x * (1 + (x / 2) + (x * x / 6)) : Math.Exp(x) - 1;

    private static double LogOnePlus(double x) => Math.Abs(x) < 1e-5 ? x * (1 - (x / 2) + (x * x / 3)) : Math.Log(1 + x);
}
