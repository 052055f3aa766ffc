using System.Diagnostics;
using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Benchmarks.Anomalies;

/// <summary>
/// Trains the duty monitors of one machine with 30 signals on 30 days at 1 Hz, made up as it goes, beside a bare running z-score a signal over the
/// same readings. What the store needs to hand the readings over comes on top.
/// </summary>
public static class TrainingBenchmark
{
    private const int Signals = 30;
    private const int Days = 30;
    private const int Seconds = 86_400;

    /// <summary>Runs and prints.</summary>
    public static Task RunAsync()
    {
        Signal state = new() { Path = Path("state"), Name = "State", Role = SignalRole.State };
        Signal product = new() { Path = Path("product"), Name = "Product", Role = SignalRole.Product, IsText = true, Index = 1 };
        Signal[] signals = [.. Enumerable.Range(0, Signals).Select(i => new Signal { Path = Path($"signal{i}"), Name = $"Signal {i}", Unit = "bar", Index = i + 2 })];
        Machine machine = new() { Id = "filler", Name = "Filler", States = StateMaps.PackMl, Signals = [state, product, .. signals] };
        MachineLearner learner = new(machine, MonitorSettings.Default, [], []);

        TimeSpan training = Time(reading => learner.Observe(reading), state, product, signals);
        double[] mean = new double[Signals + 2];
        double[] variance = new double[Signals + 2];
        double worst = 0;
        TimeSpan bare = Time(
            reading =>
            {
                int i = reading.Signal.Index;
                double apart = reading.Value - mean[i];
                worst = Math.Max(worst, apart * apart / (variance[i] + 1e-9));
                mean[i] += 0.01 * apart;
                variance[i] += 0.01 * ((apart * apart) - variance[i]);
            },
            state,
            product,
            signals);
        GC.KeepAlive(worst);
        long readings = (long)Signals * Days * Seconds;
        Console.WriteLine(FormattableString.Invariant(
            $"training of {Signals} signals over {Days} days at 1 Hz ({readings:N0} readings): {training.TotalSeconds:F1} s of one core, {readings / training.TotalSeconds:N0} readings/s; {training / bare:F1} times a bare z-score ({bare.TotalSeconds:F1} s)"));
        Console.WriteLine(FormattableString.Invariant($"the model takes {learner.Save().Length / 1024} KiB"));
        return Task.CompletedTask;

        static SignalPath Path(string signal) => new("site", "area", "line", "filler", signal);
    }

    private static TimeSpan Time(Action<Reading> take, Signal state, Signal product, Signal[] signals)
    {
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
#pragma warning disable CA5394 // made-up readings, not secrets
        Random random = new(1);
        DateTime start = new(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);
        for (int second = 0; second < Days * Seconds; second++)
        {
            DateTime at = start.AddSeconds(second);
            if (second % 7200 is 0 or 6300)
            {
                take(new Reading(state, at, second % 7200 == 0 ? 6 : 2));
                take(new Reading(product, at, double.NaN, "p" + (second / 43_200 % 3)));
            }

            for (int i = 0; i < signals.Length; i++)
            {
                take(new Reading(signals[i], at, i + random.NextDouble()));
            }
        }
#pragma warning restore CA5394
        process.Refresh();
        return process.TotalProcessorTime - before;
    }
}
