using System.Diagnostics;
using System.Globalization;
using Linewatch.Mqtt;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>Mutated packets through everything that decodes, beside the same packets whose lengths alone are walked.</summary>
public static class MutationBenchmark
{
    /// <summary>Runs; any exception but a protocol error fails.</summary>
    public static void Run(int frames, int seed)
    {
        TimeSpan decoding = Time(() => Mutations.Run(frames, seed));
        long bytes = 0;
        TimeSpan walking = Time(() => Mutations.Run(frames, seed, (packet, _) => bytes += Walk(packet)));
        Figures.Print(string.Create(CultureInfo.InvariantCulture, $"{frames} mutated packets: each a valid packet or a protocol error, {frames / decoding.TotalSeconds / 1000:F0} k packets/s"));
        Figures.Print(string.Create(CultureInfo.InvariantCulture, $"  mutated, lengths walked and nothing decoded, {bytes} bytes: {frames / walking.TotalSeconds / 1000:F0} k packets/s"));
        Figures.Print(string.Create(CultureInfo.InvariantCulture, $"  ratio {walking / decoding,7:F2} ×"));
    }

    private static TimeSpan Time(Action run)
    {
        long started = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Bytes of the whole packets: type and remaining length, no rule checked.</summary>
    private static int Walk(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (position < bytes.Length)
        {
            int length = 0;
            int at = position + 1;
            for (int shift = 0; at < bytes.Length && shift < 28; shift += 7)
            {
                byte digit = bytes[at++];
                length |= (digit & 0x7F) << shift;
                if (digit < 0x80)
                {
                    break;
                }
            }

            if (at + length > bytes.Length)
            {
                break;
            }

            position = at + length;
        }

        return position;
    }
}
