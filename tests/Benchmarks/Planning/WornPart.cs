using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Benchmarks.Planning;

/// <summary>
/// One part from its fitting to its failure: sound for a while, then a signal rises to the limit, at which it fails. Drawn from a seed
/// that names place and number, so that every policy meets the same parts.
/// </summary>
internal sealed class WornPart
{
    /// <summary>Level of the signal at which the part fails, mm/s.</summary>
    public const double Limit = 4.5;

    private const double SoundLevel = 1.5;
    private const double Noise = 0.12;

    private readonly int _seed;
    private readonly double _onset;
    private readonly bool _isExponential;

    /// <param name="seed">Run of the benchmark.</param>
    /// <param name="place">Where it is fitted.</param>
    /// <param name="number">How many were fitted there before.</param>
    public WornPart(int seed, int place, int number)
    {
        _seed = HashCode(seed, place, number);
#pragma warning disable CA5394 // simulation, not security
        Random random = new(_seed);
        _onset = new Weibull(2.2, 75).Quantile(random.NextDouble());
        Life = _onset + 8 + (17 * random.NextDouble());
        _isExponential = random.NextDouble() < 0.4;
#pragma warning restore CA5394
    }

    /// <summary>Days in service until it fails.</summary>
    public double Life { get; }

    /// <summary>Six-hourly means of the signal in the last days of service.</summary>
    /// <param name="age">Days in service, below <see cref="Life"/>.</param>
    /// <param name="days">How far back.</param>
    public WearSample[] Samples(double age, double days)
    {
        List<WearSample> samples = [];
        int last = (int)Math.Floor(age * 4);
        for (int step = Math.Max(0, last - (int)(days * 4)); step <= last; step++)
        {
            samples.Add(new WearSample(step * 6, Level(step / 4.0) + (Noise * Gauss(step))));
        }

        return [.. samples];
    }

    private double Level(double age)
    {
        double progress = Math.Clamp((age - _onset) / (Life - _onset), 0, 1);
        return _isExponential ? SoundLevel * Math.Pow(Limit / SoundLevel, progress) : SoundLevel + ((Limit - SoundLevel) * progress);
    }

    private double Gauss(int step)
    {
#pragma warning disable CA5394 // simulation, not security
        Random random = new(HashCode(_seed, step, 7));
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
#pragma warning restore CA5394
    }

    /// <summary>The framework's own differs from process to process.</summary>
    private static int HashCode(int a, int b, int c) => unchecked((((a * 486187739) + b) * 486187739) + c) & int.MaxValue;
}
