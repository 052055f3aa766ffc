using System.Buffers;
using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class MonitorSettingsTests
{
    private static readonly MonitorSettings Settings = MonitorSettings.Default;

    [Fact]
    public void A_signal_is_watched_by_what_suits_its_machine_unless_the_plant_file_chooses()
    {
        Assert.IsType<DutyMonitor>(Settings.MonitorOf(Signal(), tellsState: true, null));
        Assert.Equal(8, Assert.IsType<SignalMonitor>(Settings.MonitorOf(Signal(), tellsState: false, null)).Watching.Count);
        Assert.Equal(
            [SignalDetector.Cusum, SignalDetector.SingularSpectrum],
            Assert.IsType<SignalMonitor>(Settings.MonitorOf(Signal(SignalDetector.Cusum, SignalDetector.SingularSpectrum), tellsState: true, null)).Watching);
    }

    [Fact]
    public void What_was_kept_goes_on_only_while_the_plant_file_chooses_the_same()
    {
        ISignalMonitor kept = Settings.MonitorOf(Signal(SignalDetector.Ewma), tellsState: true, null)!;

        Assert.Same(kept, Settings.MonitorOf(Signal(SignalDetector.Ewma), tellsState: true, kept));
        Assert.NotSame(kept, Settings.MonitorOf(Signal(SignalDetector.Cusum), tellsState: true, kept));
        Assert.IsType<DutyMonitor>(Settings.MonitorOf(Signal(), tellsState: true, kept));
    }

    [Fact]
    public void Of_a_signal_that_is_not_watched_only_the_sensor_is_looked_at_also_after_its_monitor_was_kept()
    {
        Signal buffer = new() { Path = Signal().Path, Name = "Buffer", Watched = false };
        ArrayBufferWriter<byte> bytes = new();
        MonitorSettings.Write(new StateWriter(bytes), Settings.MonitorOf(buffer, tellsState: true, null)!);
        ISignalMonitor kept = Settings.Read(new StateReader(bytes.WrittenMemory));

        Assert.True(Assert.IsType<DutyMonitor>(Settings.MonitorOf(buffer, tellsState: true, kept)).OnlySensor);
        Assert.False(Assert.IsType<DutyMonitor>(Settings.MonitorOf(Signal(), tellsState: true, kept)).OnlySensor);
    }

    public static TheoryData<SignalDetector> Detectors { get; } = [.. Enum.GetValues<SignalDetector>().Except([SignalDetector.Quietness])];

    /// <summary>Each alone: nothing in noise, something once the level has moved by twelve spreads and swings.</summary>
    [Theory]
    [MemberData(nameof(Detectors))]
    public void Each_detector_chosen_alone_tells_of_a_gross_fault_and_is_quiet_before(SignalDetector detector)
    {
        SignalMonitor monitor = Assert.IsType<SignalMonitor>(Settings.MonitorOf(Signal(detector), tellsState: false, null));
        double[] noise = Series.Noise(21, 6000);

        List<SignalVerdict> verdicts = monitor.Verdicts(noise.Select((value, i) => i < 5000 ? value : value + 12 + (8 * (i / 3 % 2))));

        Assert.InRange(verdicts[..5000].Count(verdict => verdict.IsAlarm), 0, 3);
        Assert.Contains(verdicts[5000..5200], verdict => verdict.IsAlarm);
        Assert.Single(monitor.Contributions());
    }

    [Fact]
    public void The_alarm_score_of_chosen_detectors_is_exceeded_by_chance_once_in_ten_thousand()
    {
        Assert.Equal(4, Score(SignalDetector.Cusum), 0.001);
        Assert.Equal(5.105, Score(SignalDetector.Cusum, SignalDetector.Ewma), 0.01); // e^-x (1 + x) = 1e-4 at x = 11.756
        Assert.Equal(SignalMonitorOptions.Default.AlarmScore, Score());

        static double Score(params SignalDetector[] detectors) => Settings.MonitorOf(Signal(detectors), tellsState: false, null)!.AlarmScore;
    }

    private static Signal Signal(params SignalDetector[] detectors) =>
        new() { Path = new SignalPath("rhine", "hall1", "line1", "filler", "bowl_pressure"), Name = "Bowl pressure", Unit = "bar", Detectors = detectors };
}
