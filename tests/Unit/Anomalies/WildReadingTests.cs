using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>Registers that were not filled, loose plugs and noise at 1 Hz: what is wild once must not leave a signal unwatched.</summary>
public sealed class WildReadingTests
{
    private const int Shift = 5000; // reading at which the level moves for good

    /// <summary>First wild reading, how many there are, their value, and the shift that must still be told, in deviations.</summary>
    public static TheoryData<int, int, double, double> Wild => new()
    {
        { 3000, 1, 150, 5 },
        { 3000, 1, 1000, 5 },
        { 3000, 1, 65_535, 25 },
        { 3000, 3, 1000, 25 },
        { 3000, 3, 1e14, 25 },
        { 3000, 3, 9e17, 25 },
        { 3, 1, 65_535, 5 },
        { 40, 1, 65_535, 5 },
        { 3000, 1, 1e20, 5 },
        { 3000, 5, float.MaxValue, 5 },
        { 3000, 5, -1e200, 5 },
    };

    [Theory]
    [MemberData(nameof(Wild))]
    public void A_lasting_shift_is_told_after_what_was_wild(int first, int count, double wild, double shift)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            List<SignalVerdict> verdicts = new SignalMonitor().Verdicts(
                Series.Noise(seed, Shift + 200).Select((noise, i) => i >= first && i < first + count ? wild : 50 + noise + (i >= Shift ? shift : 0)));

            Assert.Contains(verdicts[Shift..], verdict => verdict is { IsAlarm: true, Kind: VerdictKind.Anomaly });
            Assert.All(verdicts, verdict => Assert.True(double.IsFinite(verdict.Score)));
        }
    }

    [Theory]
    [MemberData(nameof(Wild))]
    public void Every_detector_goes_on_after_what_was_wild(int first, int count, double wild, double shift)
    {
        foreach (SignalDetector detector in Enum.GetValues<SignalDetector>())
        {
            foreach (double clip in new[] { SignalMonitorOptions.Default.ClipSpreads, double.PositiveInfinity })
            {
                SignalMonitor monitor = new(SignalMonitorOptions.Default with { Members = [detector], ClipSpreads = clip, SpikeSpreads = clip });
                List<SignalVerdict> verdicts = monitor.Verdicts(
                    Series.Noise(2, 4000).Select((noise, i) => i >= first && i < first + count ? wild : 50 + noise + (i >= 3900 ? shift : 0)));

                Assert.All(verdicts, verdict => Assert.True(double.IsFinite(verdict.Score), $"{detector}"));
            }
        }
    }

    [Fact]
    public void What_a_plug_pulled_for_hours_showed_hides_no_shift_after_it()
    {
        double[] values = [.. Series.Noise(6, Shift + 200).Select((noise, i) => i is >= 3000 and < 3300 ? 0 : 50 + noise + (i >= Shift ? 5 : 0))];
        List<SignalVerdict> verdicts = new SignalMonitor().Verdicts(values);

        Assert.Contains(verdicts[3000..3300], verdict => verdict.IsDataFault && verdict.IsAlarm);
        Assert.Contains(verdicts[Shift..], verdict => verdict is { IsAlarm: true, Kind: VerdictKind.Anomaly });
    }

    [Theory]
    [InlineData(double.NaN, VerdictKind.Missing)]
    [InlineData(0, VerdictKind.Dropout)]
    [InlineData(50.5, VerdictKind.Frozen)]
    public void At_a_reading_a_second_noise_is_no_spike_and_hides_no_fault(double shown, VerdictKind kind)
    {
        const int Broken = 90_000;
        SignalMonitor monitor = new();
        double[] noise = Series.Noise(3, Broken + 7200);
        int spikes = 0;
        int told = 0;
        for (int i = 0; i < noise.Length; i++)
        {
            SignalVerdict verdict = monitor.Observe(Series.Start.AddSeconds(i), i < Broken ? 50 + noise[i] : shown, SignalContext.Always);
            spikes += verdict.Kind == VerdictKind.Spike ? 1 : 0;
            told += verdict.IsAlarm && verdict.Kind == kind ? 1 : 0;
        }

        Assert.Equal(0, spikes);
        Assert.Equal(1, told);
    }
}
