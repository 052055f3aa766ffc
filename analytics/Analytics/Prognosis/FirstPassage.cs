using MathNet.Numerics;

namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// When a Wiener process with drift first reaches a distance: the inverse Gaussian distribution (Chhikara and Folks 1989).
/// With drift away from the limit it may never do so, and the probability stays below 1.
/// </summary>
public readonly struct FirstPassage
{
    private readonly double _distance;
    private readonly double _drift;
    private readonly double _diffusion;

    /// <param name="distance">What is left to the limit; 0 or less where it has been reached.</param>
    /// <param name="drift">Approach an hour, in the unit of the distance; negative = away from the limit.</param>
    /// <param name="diffusion">Standard deviation after one hour; from 0 (a straight line).</param>
    public FirstPassage(double distance, double drift, double diffusion)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(diffusion);
        _distance = distance;
        _drift = drift;
        _diffusion = diffusion;
    }

    /// <summary>Probability that the limit is ever reached.</summary>
    public double ProbabilityEver =>
        _distance <= 0 || _drift > 0 ? 1
        : _diffusion > 0 ? Math.Exp(2 * _drift * _distance / (_diffusion * _diffusion))
        : 0;

    /// <summary>Probability that the limit is reached within so many hours.</summary>
    public double ProbabilityWithin(double hours)
    {
        if (_distance <= 0)
        {
            return 1;
        }

        if (hours <= 0)
        {
            return 0;
        }

        double spread = _diffusion * Math.Sqrt(hours);
        double missing = _distance - (_drift * hours);
        if (spread < 1e-9 * _distance)
        {
            return missing <= 0 ? 1 : 0;
        }

        // Φ(−u) + exp(2 drift distance / diffusion²) Φ(−z); the factor overflows where Φ vanishes, so the two are taken together.
        double u = missing / spread;
        double z = (_distance + (_drift * hours)) / spread;
        double reflected = z < 0
            ? Math.Exp(2 * _drift * _distance / (_diffusion * _diffusion)) * NormalTail(z)
            : Math.Exp(-0.5 * u * u) * ScaledNormalTail(z);
        return Math.Clamp(NormalTail(u) + reflected, 0, 1);
    }

    private static double NormalTail(double z) => 0.5 * SpecialFunctions.Erfc(z / Constants.Sqrt2);

    /// <summary>exp(z²/2) times the tail beyond z, for z from 0.</summary>
    private static double ScaledNormalTail(double z)
    {
        if (z < 6)
        {
            return Math.Exp(0.5 * z * z) * NormalTail(z);
        }

        double square = 1 / (z * z);
        return (1 - (square * (1 - (3 * square * (1 - (5 * square * (1 - (7 * square)))))))) / (z * Math.Sqrt(2 * Math.PI));
    }
}
