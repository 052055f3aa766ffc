using System.Diagnostics;
using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Activity = Linewatch.Analytics.Anomalies.Activity;

namespace Linewatch.Tests.Benchmarks.Anomalies;

/// <summary>
/// Readings a second on one core through a signal's monitor, beside a bare running z-score in the same run, and the memory of a monitor.
/// </summary>
public static class DetectorBenchmark
{
    private const int Readings = 300_000;
    private const int Rounds = 5;
    private const int ZScoreRounds = 20;
    private const int Products = 5;

    /// <summary>Runs and prints a table.</summary>
    public static Task RunAsync()
    {
        double[] values = Signal();
        double[] zScore = new double[Rounds];
        double[] cheap = new double[Rounds];
        double[] full = new double[Rounds];
        double[] averaged = new double[Rounds];
        double[] duty = new double[Rounds];
        double[] dutyAveraged = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            // Interleaved, so that what else the machine does falls on all alike.
            zScore[round] = ZScoreRounds * Rate(values, ZScore);
            cheap[round] = Rate(values, one => Monitor(one, DetectorSet.Cheap, TimeSpan.FromMinutes(5)));
            full[round] = Rate(values, one => Monitor(one, DetectorSet.Full, TimeSpan.FromMinutes(5)));
            averaged[round] = Rate(values, one => Monitor(one, DetectorSet.Full, TimeSpan.FromSeconds(1)));
            duty[round] = Rate(values, one => Duty(one, TimeSpan.FromMinutes(5)));
            dutyAveraged[round] = Rate(values, one => Duty(one, TimeSpan.FromSeconds(1)));
        }

        Print("bare z-score", zScore, zScore);
        Print("cheap detectors, every reading judged", cheap, zScore);
        Print("all detectors, every reading judged", full, zScore);
        Print("all detectors, 1 Hz judged once a minute", averaged, zScore);
        Print("duty monitor, every reading judged", duty, zScore);
        Print("duty monitor, 1 Hz judged once a minute", dutyAveraged, zScore);
        double learning = 30 * 30 * 86_400 / averaged.Order().ElementAt(Rounds / 2);
        Console.WriteLine(FormattableString.Invariant($"so learning 30 signals over 30 days at 1 Hz takes {learning:F0} s of one core with all detectors; with duty monitors see the benchmark training"));
        Console.WriteLine(FormattableString.Invariant($"memory of a monitor with one baseline: cheap {Memory(DetectorSet.Cheap) / 1024:F0} KiB, all {Memory(DetectorSet.Full) / 1024:F0} KiB; of a duty monitor with {Products} products {DutyMemory() / 1024:F0} KiB"));
        return Task.CompletedTask;
    }

    private static void Print(string what, double[] rates, double[] baseline)
    {
        double median = rates.Order().ElementAt(Rounds / 2);
        double ratio = rates.Zip(baseline, (one, bare) => one / bare).Order().ElementAt(Rounds / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-42} {median,14:N0} readings/s a core   1/{1 / ratio:F0} of the bare z-score"));
    }

    private static double Rate(double[] values, Func<double[], double> run)
    {
        // Processor time, not time on the wall: what is asked is a core's rate, whatever else runs beside.
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        double result = run(values);
        process.Refresh();
        double seconds = (process.TotalProcessorTime - before).TotalSeconds;
        GC.KeepAlive(result);
        return values.Length / seconds;
    }

    private static double ZScore(double[] values)
    {
        // Twenty times over, for processor time is counted in steps of ten milliseconds.
        double worst = 0;
        for (int round = 0; round < ZScoreRounds; round++)
        {
            worst += ZScoreOnce(values);
        }

        return worst;
    }

    private static double ZScoreOnce(double[] values)
    {
        double mean = 0;
        double variance = 1;
        double worst = 0;
        foreach (double value in values)
        {
            double apart = value - mean;
            worst = Math.Max(worst, apart * apart / variance);
            mean += 0.01 * apart;
            variance += 0.01 * ((apart * apart) - variance);
        }

        return worst;
    }

    private static double Monitor(double[] values, DetectorSet detectors, TimeSpan interval)
    {
        SignalMonitor monitor = new(SignalMonitorOptions.Default with { Detectors = detectors });
        DateTime eventTime = new(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);
        double sum = 0;
        foreach (double value in values)
        {
            eventTime += interval;
            sum += monitor.Observe(eventTime, value, SignalContext.Always).Score;
        }

        return sum;
    }

    /// <summary>The monitor of a machine that makes five products in turn.</summary>
    private static double Duty(double[] values, TimeSpan interval)
    {
        DutyMonitor monitor = new();
        MachineDuty duty = new();
        DateTime eventTime = new(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            eventTime += interval;
            if (i % 2000 == 0)
            {
                duty.Follow(eventTime, "p" + (i / 2000 % Products), "", running: true, load: 0.9);
            }

            sum += monitor.Observe(eventTime, values[i], new SignalContext(Activity.Producing, Duty: duty)).Score;
        }

        return sum;
    }

    private static double DutyMemory()
    {
        const int Monitors = 50;
        MachineDuty duty = new();
        for (int product = 0; product < Products; product++)
        {
            duty.Follow(DateTime.UnixEpoch, "p" + product, "", running: true, load: 1);
        }

        DutyMonitor[] monitors = new DutyMonitor[Monitors];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Monitors; i++)
        {
            monitors[i] = new DutyMonitor();
            _ = monitors[i].Observe(DateTime.UnixEpoch, i, new SignalContext(Activity.Producing, Duty: duty));
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(monitors);
        return (after - before) / (double)Monitors;
    }

    private static double Memory(DetectorSet detectors)
    {
        const int Monitors = 50;
        SignalMonitor[] monitors = new SignalMonitor[Monitors];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Monitors; i++)
        {
            monitors[i] = new SignalMonitor(SignalMonitorOptions.Default with { Detectors = detectors });
            _ = monitors[i].Observe(DateTime.UnixEpoch, i, SignalContext.Always);
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(monitors);
        return (after - before) / (double)Monitors;
    }

    /// <summary>A day's swing, slow wandering and noise, like the temperature of a machine.</summary>
    private static double[] Signal()
    {
#pragma warning disable CA5394 // made-up readings, not secrets
        Random random = new(1);
        double[] values = new double[Readings];
        double wander = 0;
        for (int i = 0; i < Readings; i++)
        {
            wander += 0.02 * (random.NextDouble() - 0.5);
            values[i] = 60 + (5 * Math.Sin(2 * Math.PI * i / 288)) + wander + random.NextDouble() + random.NextDouble();
        }

        return values;
#pragma warning restore CA5394
    }
}
