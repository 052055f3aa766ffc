using System.Buffers;
using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class ReadingDetectorTests
{
    /// <summary>Every detector, by name.</summary>
    public static TheoryData<string> Names => [.. Detectors.Keys];

    private static Dictionary<string, Func<IReadingDetector>> Detectors { get; } = new()
    {
        ["deviation"] = () => new DeviationDetector(24),
        ["range"] = () => new RangeDetector(1),
        ["range of means"] = () => new RangeDetector(6),
        ["quietness"] = () => new QuietnessDetector(96),
        ["spectral residual"] = () => new SpectralResidualDetector(),
        ["nearest neighbour"] = () => new NearestNeighbourDetector(32, 200),
        ["cusum"] = () => new CusumDetector(),
        ["ewma"] = () => new EwmaDetector(0.1),
        ["singular spectrum"] = () => new SingularSpectrumDetector(tested: 1),
        ["singular spectrum for changes"] = () => new SingularSpectrumDetector(tested: 24),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void State_saved_and_restored_midway_gives_the_same_strangeness(string name)
    {
        double[] values = Series.Noise(23, 3000);
        IReadingDetector whole = Detectors[name]();
        IReadingDetector restored = Detectors[name]();
        for (int i = 0; i < values.Length; i++)
        {
            if (i == 1777)
            {
                ArrayBufferWriter<byte> bytes = new();
                whole.Save(new StateWriter(bytes));
                StateReader reader = new(bytes.WrittenMemory);
                restored.Restore(reader);
                Assert.True(reader.AtEnd);
            }

            double strangeness = whole.Observe(values[i]);
            if (i >= 1777)
            {
                Assert.Equal(strangeness, restored.Observe(values[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void State_does_not_grow_with_the_stream(string name)
    {
        IReadingDetector detector = Detectors[name]();
        int Bytes(int readings)
        {
            foreach (double value in Series.Noise(29, readings))
            {
                _ = detector.Observe(value);
            }

            ArrayBufferWriter<byte> bytes = new();
            detector.Save(new StateWriter(bytes));
            return bytes.WrittenCount;
        }

        _ = Bytes(4000);
        // Between two moves of its window a detector may hold at most its slack more.
        Assert.InRange(Bytes(6000), 1, 8 * 2100);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Strangeness_is_never_negative(string name)
    {
        IReadingDetector detector = Detectors[name]();
        double[] values = [.. Enumerable.Repeat(5.0, 300), .. Series.Noise(31, 700), .. Enumerable.Repeat(5.0, 300)];
        Assert.All(values, value => Assert.False(detector.Observe(value) < 0));
    }

    [Theory]
    [InlineData("deviation", 600)]
    [InlineData("nearest neighbour", 600)]
    [InlineData("cusum", 600)]
    [InlineData("ewma", 600)]
    [InlineData("singular spectrum", 600)]
    [InlineData("singular spectrum for changes", 600)]
    public void A_shift_is_the_strangest_that_ever_was(string name, int at)
    {
        double[] values = Series.Noise(37, 700);
        IReadingDetector detector = Detectors[name]();
        double before = 0;
        double after = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double strangeness = detector.Observe(values[i] + (i >= at ? 6 : 0));
            if (i is > 100 && !double.IsNaN(strangeness))
            {
                (before, after) = i < at ? (Math.Max(before, strangeness), after) : (before, Math.Max(after, strangeness));
            }
        }

        Assert.True(after > 1.3 * before, $"{after} against {before}");
    }

    [Fact]
    public void Quietness_notices_a_signal_that_stops_moving()
    {
        QuietnessDetector detector = new(96);
        double lively = Series.Noise(41, 1000).Select(detector.Observe).Skip(300).Max();
        double still = Enumerable.Repeat(0.0, 96).Select(detector.Observe).Max();

        Assert.True(still > 10 * lively, $"{still} against {lively}");
    }

    [Fact]
    public void Spectral_residual_notices_a_jump_within_ten_readings()
    {
        SpectralResidualDetector detector = new();
        double[] usual = [.. Series.Noise(53, 1000).Select(detector.Observe).Skip(64).Order()];

        double odd = Series.Noise(54, 10).Select(value => detector.Observe(value + 10)).Max();

        Assert.True(odd > usual[(int)(0.98 * usual.Length)], $"{odd} against {usual[^1]}");
    }

    [Fact]
    public void Singular_spectrum_for_changes_tells_a_rhythm_that_changes_from_chance()
    {
        SignalMonitor change = new(SignalMonitorOptions.Default with { Members = [SignalDetector.SingularSpectrumChange] });
        SignalMonitor level = new(SignalMonitorOptions.Default with { Members = [SignalDetector.Cusum, SignalDetector.Ewma] });
        // As high and as wide as before, but a turn takes 7 readings instead of 12.
        double[] values = [.. Series.Noise(59, 3000).Select((noise, i) => (3 * Math.Sin(2 * Math.PI * i / (i < 2900 ? 12 : 7))) + noise)];

        int told = Assert.Single(change.Verdicts(values).Index(), verdict => verdict.Item.IsAlarm).Index;

        Assert.InRange(told, 2900, 2930);
        Assert.DoesNotContain(level.Verdicts(values)[2900..], verdict => verdict.IsAlarm);
    }

    [Fact]
    public void The_transform_and_its_inverse_cancel()
    {
        double[] real = Series.Noise(43, 64);
        double[] imaginary = Series.Noise(44, 64);
        double[] original = [.. real];
        double power = real.Concat(imaginary).Sum(value => value * value);

        Fourier64.Forward(real, imaginary);
        Assert.Equal(64 * power, real.Concat(imaginary).Sum(value => value * value), 6); // Parseval
        Fourier64.Inverse(real, imaginary);

        Assert.All(original.Zip(real), pair => Assert.Equal(pair.First, pair.Second, 9));
    }

    [Fact]
    public void The_nearest_neighbour_is_the_one_a_full_search_finds()
    {
        double[] values = Series.Noise(47, 900);
        NearestNeighbourDetector detector = new(16, 100);
        for (int i = 0; i < values.Length; i++)
        {
            double found = detector.Observe(values[i]);
            if (i < 200)
            {
                continue;
            }

            double best = double.MaxValue;
            for (int k = 0; k < 100 && i - 16 - (4 * k) >= 15; k++)
            {
                int end = i - 16 - (4 * k);
                best = Math.Min(best, Math.Sqrt(Enumerable.Range(0, 16).Sum(j => Math.Pow(values[i - j] - values[end - j], 2))));
            }

            Assert.Equal(best, found, 1e-3);
        }
    }
}
