namespace Linewatch.Analytics.Spc;

/// <summary>
/// Exponentially weighted moving average with its limits (NIST e-Handbook 6.3.2.4): z = λx + (1−λ)z, limits
/// centre ± L·s·√(λ/(2−λ)) once it has settled, narrower before. Not thread-safe.
/// </summary>
public sealed class Ewma
{
    private readonly double _centre;
    private readonly double _sigma;
    private readonly double _weight;
    private readonly double _width;
    private double _forgotten = 1;

    /// <param name="centre">Target, also the start value.</param>
    /// <param name="sigma">σ of a single value.</param>
    /// <param name="weight">λ, above 0 and up to 1. Usual 0.2 … 0.3.</param>
    /// <param name="width">L, the width of the limits in σ. Usual 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is outside (0, 1].</exception>
    public Ewma(double centre, double sigma, double weight, double width = 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, 1);
        (_centre, _sigma, _weight, _width, Value) = (centre, sigma, weight, width, centre);
    }

    /// <summary>The average now.</summary>
    public double Value { get; private set; }

    /// <summary>Limits for an average that has settled.</summary>
    public ControlLimits Settled => Limits(1);

    /// <summary>Limits after as many values as were added.</summary>
    public ControlLimits Now => Limits(1 - _forgotten);

    /// <summary>Adds a value; returns the average.</summary>
    public double Add(double value)
    {
        _forgotten *= (1 - _weight) * (1 - _weight);
        return Value = (_weight * value) + ((1 - _weight) * Value);
    }

    private ControlLimits Limits(double settled)
    {
        double sigma = _sigma * Math.Sqrt(_weight / (2 - _weight) * settled);
        return new ControlLimits(_centre - (_width * sigma), _centre, _centre + (_width * sigma), sigma);
    }
}
