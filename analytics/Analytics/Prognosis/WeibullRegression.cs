using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Linewatch.Analytics.Prognosis;

/// <summary>A life under a load, as far as it is known.</summary>
/// <param name="Age">As in <see cref="ObservedLife"/>.</param>
/// <param name="Failed">As in <see cref="ObservedLife"/>.</param>
/// <param name="Load">What was asked of it, for instance bottles an hour; above 0.</param>
public readonly record struct LoadedLife(double Age, bool Failed, double Load);

/// <summary>
/// Weibull lives with a covariate, by proportional hazards (Cox 1972 with a Weibull baseline): h(t | load) = β/η (t/η)^(β−1) · (load / usual)^γ.
/// With γ = β a life is a number of units, with γ = 0 the load does not matter. Maximum likelihood with right censoring; the scale
/// follows from shape and exponent in closed form. Pure and deterministic.
/// </summary>
public sealed class WeibullRegression
{
    private const int FewestFailures = 4;

    /// <summary>Half of the 95 % point of χ² with one degree of freedom: less says nothing of the load (likelihood ratio).</summary>
    private const double Significant = 1.92;

    private readonly Weibull _usual;

    private WeibullRegression(Weibull usual, double usualLoad, double exponent)
    {
        _usual = usual;
        UsualLoad = usualLoad;
        Exponent = exponent;
    }

    /// <summary>The geometric mean of the loads seen.</summary>
    public double UsualLoad { get; }

    /// <summary>γ: by which power of the load the hazard grows; 0 where the lives do not show that it matters.</summary>
    public double Exponent { get; }

    /// <summary>The life under a load; loads far outside those seen are not for it to tell.</summary>
    public Weibull At(double load) => Exponent == 0 ? _usual : new Weibull(_usual.Shape, _usual.Scale * Math.Pow(load / UsualLoad, -Exponent / _usual.Shape));

    /// <summary>The most likely model, or null where fewer than two different ages at failure are known.</summary>
    /// <exception cref="ArgumentException">An age or a load is not finite and above 0.</exception>
    public static WeibullRegression? Fit(IReadOnlyList<LoadedLife> lives)
    {
        if (lives.FirstOrDefault(life => !double.IsFinite(life.Load) || life.Load <= 0) is { Age: not 0 } wrong)
        {
            throw new ArgumentException($"A load of {wrong.Load} is not one; it must be finite and above 0.", nameof(lives));
        }

        if (WeibullFit.Fit([.. lives.Select(life => new ObservedLife(life.Age, life.Failed))]) is not { } plain)
        {
            return null;
        }

        double usual = Math.Exp(lives.Average(life => Math.Log(life.Load)));
        WeibullRegression without = new(plain, usual, 0);
        if (lives.Count(life => life.Failed) < FewestFailures || lives.All(life => Math.Abs(life.Load - lives[0].Load) < 1e-9 * usual))
        {
            return without;
        }

        (double Log, double Age, double Failed)[] seen = [.. lives.Select(life => (Math.Log(life.Load / usual), life.Age / plain.Scale, life.Failed ? 1.0 : 0.0))];
        double Likelihood(double shape, double exponent, out double scale)
        {
            double failures = seen.Sum(life => life.Failed);
            double powers = seen.Sum(life => Math.Pow(life.Age, shape) * Math.Exp(exponent * life.Log));
            scale = Math.Pow(powers / failures, 1 / shape);
            double logScale = Math.Log(scale);
            return seen.Sum(life => life.Failed * (Math.Log(shape) + ((shape - 1) * Math.Log(life.Age)) - (shape * logScale) + (exponent * life.Log))) - failures;
        }

        MinimizationResult found = NelderMeadSimplex.Minimum(
            ObjectiveFunction.Value(point => -Likelihood(Math.Exp(Math.Clamp(point[0], -5, 5)), Math.Clamp(point[1], -50, 50), out _)),
            Vector<double>.Build.DenseOfArray([Math.Log(plain.Shape), 0]),
            convergenceTolerance: 1e-9,
            maximumIterations: 2000);
        double shape = Math.Exp(Math.Clamp(found.MinimizingPoint[0], -5, 5));
        double exponent = Math.Clamp(found.MinimizingPoint[1], -50, 50);
        return Likelihood(shape, exponent, out double share) - Likelihood(plain.Shape, 0, out _) < Significant
            ? without
            : new WeibullRegression(new Weibull(shape, share * plain.Scale), usual, exponent);
    }
}
