using Linewatch.Analytics.Anomalies;
using Linewatch.Jobs.Training;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>
/// Three signals of a machine that runs and stands, makes three products and follows the day, each judged by its own monitor: they share one noise and each has
/// half as much of its own.
/// </summary>
public sealed class RowDriftTests
{
    private const int TrainedDays = 14;
    private const int Weeks = 8;
    private const double Own = 0.5;
    private const int FirstRows = 3 * 1440; // the monitors learn their signals before

    private static readonly string[] Signals = ["flow", "pressure", "current"];

    public static TheoryData<int, RowDetector> Machines => new()
    {
        { 1, RowDetector.PrincipalComponents },
        { 2, RowDetector.PrincipalComponents },
        { 3, RowDetector.PrincipalComponents },
        { 1, RowDetector.CanonicalVariate },
        { 2, RowDetector.CanonicalVariate },
        { 3, RowDetector.IsolationForest },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public void Eight_healthy_weeks_after_training_never_look_like_drift(int seed, RowDetector kind)
    {
        (List<double> drifts, int alarms) = Watch(kind, Judged(seed, own: _ => Own));

        Assert.Equal(0, alarms);
        Assert.InRange(drifts.Count, 50 * 24, Weeks * 7 * 24);
        Assert.InRange(drifts.Max(), 0, new TrainDetectorsOptions().MostDrift);
    }

    [Theory]
    [InlineData(1, 1.0, 8)]
    [InlineData(2, 1.0, 8)]
    [InlineData(2, 0.25, 8)]
    [InlineData(2, 0.25, 0.01)]
    public void Relations_that_loosen_or_tighten_drift_where_no_signal_does_and_no_anomaly_is_told(int seed, double own, double weeks)
    {
        (List<double> drifts, int alarms) = Watch(RowDetector.PrincipalComponents, Judged(seed, week => Own + ((own - Own) * Math.Clamp(week / weeks, 0, 1))));

        Assert.Equal(0, alarms);
        Assert.InRange(drifts[^1], new TrainDetectorsOptions().MostDrift, 10);
    }

    /// <summary>The index at every hour after training, and how often the rows told of an anomaly.</summary>
    private static (List<double> Drifts, int Alarms) Watch(RowDetector kind, (VerdictKind Kind, double Deviation)[][] judged)
    {
        double[][] normal = [.. Enumerable.Range(FirstRows, (TrainedDays * 1440) - FirstRows)
            .Where(minute => judged.All(signal => signal[minute].Kind == VerdictKind.Normal && double.IsFinite(signal[minute].Deviation)))
            .Select(minute => judged.Select(signal => signal[minute].Deviation).ToArray())];
        MachineRows rows = new(Signals, RowMonitors.Fit(kind, normal));
        rows.EndTraining(normal[(int)(0.8 * normal.Length)..]);

        List<double> drifts = [];
        int alarms = 0;
        for (int minute = TrainedDays * 1440; minute < judged[0].Length; minute++)
        {
            for (int place = 0; place < Signals.Length; place++)
            {
                (VerdictKind verdict, double deviation) = judged[place][minute];
                alarms += rows.Observe(place, Series.Start.AddMinutes(minute).AddSeconds(place), verdict, deviation) == RowChange.Odd ? 1 : 0;
            }

            if (minute % 60 == 0 && rows.Errors.Drift is { } drift)
            {
                drifts.Add(drift);
            }
        }

        return (drifts, alarms);
    }

    /// <summary>What each signal's monitor says, minute by minute: none is odd or drifts.</summary>
    /// <param name="seed">Of the machine's life.</param>
    /// <param name="own">Noise of each signal's own by the week after training; what they share makes up for it, so that each scatters as before.</param>
    private static (VerdictKind Kind, double Deviation)[][] Judged(int seed, Func<double, double> own) =>
    [
        .. Signals.Select((_, place) =>
        {
            double[] noise = Series.Noise((seed * 10) + place, (TrainedDays + (Weeks * 7)) * 1440);
            DutyMonitor monitor = new();
            List<double> deviations = [];
            List<SignalVerdict> verdicts = new WorkingMachine(seed)
            {
                Lag = place == 1 ? 600 : 5,
                DayWave = 2 * place,
                ProductStep = 3 * place,
                Fault = day =>
                {
                    double one = own((day - TrainedDays) / 7);
                    return (noise[(int)Math.Round(day * 1440)] * one, Math.Sqrt(1 + (Own * Own) - (one * one)) - 1);
                },
            }.Watch(monitor, TrainedDays + (Weeks * 7), (minute, _) =>
            {
                deviations.Add(monitor.Deviation); // of the minute before
                if (minute == TrainedDays * 1440)
                {
                    monitor.Errors.EndTraining();
                }

                return null;
            });
            deviations.Add(monitor.Deviation);
            Assert.InRange(monitor.Errors.Drift!.Value, 0, 0.05);
            Assert.DoesNotContain(verdicts[(TrainedDays * 1440)..], verdict => verdict.Kind == VerdictKind.Anomaly);
            return verdicts.Select((verdict, minute) => (verdict.Kind, deviations[minute + 1])).ToArray();
        }),
    ];
}
