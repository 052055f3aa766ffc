namespace Linewatch.BottlingPlant.Signals;

/// <summary>Noise as a function of seed and time alone: the same at an instant however often it was asked for before.</summary>
internal static class Noise
{
    private static readonly double Root3 = Math.Sqrt(3);

    /// <summary>About unit variance: white, with a part that wanders over half a minute and one over ten minutes.</summary>
    public static double Process(ulong seed, long now) =>
        (0.8 * White(seed, now)) + (0.5 * Smooth(seed, now, 30_000)) + (0.45 * Smooth(seed, now, 600_000));

    /// <summary>About standard normal: the sum of four uniform 16-bit numbers of one hash.</summary>
    public static double White(ulong seed, long key)
    {
        ulong hash = RandomStream.Mix(seed + ((ulong)key * 0x9E3779B97F4A7C15));
        double sum = (hash & 0xFFFF) + ((hash >> 16) & 0xFFFF) + ((hash >> 32) & 0xFFFF) + (hash >> 48);
        return ((sum / 65535) - 2) * Root3;
    }

    private static double Smooth(ulong seed, long now, long period)
    {
        long step = now / period;
        double share = (double)(now % period) / period;
        double weight = share * share * (3 - (2 * share));
        return (White(seed, (step * period) - 1) * (1 - weight)) + (White(seed, ((step + 1) * period) - 1) * weight);
    }
}
