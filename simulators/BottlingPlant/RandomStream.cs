namespace Linewatch.BottlingPlant;

/// <summary>
/// A deterministic stream of random numbers (SplitMix64), independent of the runtime's own generator so that a seed
/// gives the same plant on every version. Not thread-safe; each purpose has a stream of its own.
/// </summary>
internal sealed class RandomStream(ulong seed)
{
    /// <summary>More units than pass in any run; still safe in micro-bottles.</summary>
    private const long Never = 1_000_000_000_000;

    private ulong _state = seed;

    /// <summary>Derives the seed of a purpose from a parent seed.</summary>
    public static ulong Seed(ulong parent, string purpose)
    {
        ulong hash = parent ^ 0xCBF29CE484222325;
        foreach (char letter in purpose)
        {
            hash = (hash ^ letter) * 0x100000001B3;
        }

        return Mix(hash);
    }

    /// <summary>A well-mixed 64-bit hash of a number.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>Uniform in (0, 1).</summary>
    public double Uniform() => ((Next() >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Uniform());

    /// <summary>Uniform in 0 … count − 1.</summary>
    public int Index(int count) => (int)(Uniform() * count);

    /// <summary>Exponential with the given mean.</summary>
    public double Exponential(double mean) => -Math.Log(Uniform()) * mean;

    /// <summary>Standard normal (Box–Muller).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Log-normal with the given median and standard deviation of the logarithm.</summary>
    public double LogNormal(double median, double sigma) => median * Math.Exp(sigma * Normal());

    /// <summary>How many units pass until the next of an event with this probability a unit: geometric, at least 1.</summary>
    public long UnitsUntil(double probability) =>
        probability <= 0 ? Never : 1 + (long)Math.Min(Math.Log(Uniform()) / Math.Log(1 - Math.Min(probability, 0.999999)), Never);

    private ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);
}
