using System.Diagnostics;
using System.Globalization;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>A whole plant at one reading a second and signal in mixed dialects: what it costs, and how soon a reading is queryable.</summary>
internal static class PlantModeBenchmark
{
    /// <summary>Measures and prints, with SQLite and with InfluxDB.</summary>
    /// <param name="signals">Signals of the plant, 50 a machine.</param>
    /// <param name="seconds">Length of each run.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int signals, int seconds, CancellationToken cancellationToken)
    {
        await OneAsync("SQLite", null, signals / 50, seconds, cancellationToken);
        await using Influxd influx = await Influxd.StartAsync();
        await OneAsync("InfluxDB", influx, signals / 50, seconds, cancellationToken);
    }

    private static async Task OneAsync(string store, Influxd? influx, int machines, int seconds, CancellationToken cancellationToken)
    {
        await using LinewatchServer linewatch = await LinewatchServer.StartAsync(IngestPlant.Mixed(machines), influx?.Address, null, cancellationToken);
        using Process load = PlantLoad.Start(linewatch.MqttPort, machines);
        try
        {
            // The first round meets every topic and signal for the first time.
            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, cancellationToken);
            (_, long before, _, _) = await linewatch.BalanceAsync(cancellationToken);
            TimeSpan own = linewatch.Cpu;
            TimeSpan database = Of(influx);
            long started = Stopwatch.GetTimestamp();
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            over.CancelAfter(TimeSpan.FromSeconds(seconds));
            double[] waits = await Probe.RunAsync(linewatch.MqttPort, linewatch, over.Token);
            cancellationToken.ThrowIfCancellationRequested();
            double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            (_, long stored, long pending, long lost) = await linewatch.BalanceAsync(cancellationToken);
            double cores = (linewatch.Cpu - own).TotalSeconds / elapsed;
            double databaseCores = (Of(influx) - database).TotalSeconds / elapsed;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{machines * 50:N0} signals at 1 Hz → {store}: linewatch {cores:0.00} cores{(influx is null ? "" : $", influxd {databaseCores:0.00}")} ({(cores + databaseCores) / Environment.ProcessorCount:P0} of this machine), {linewatch.Memory >> 20} MiB resident (peak {linewatch.PeakMemory >> 20})"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {(stored - before) / elapsed:N0} messages/s stored, {pending:N0} pending at the end, {lost} lost; publish to queryable {Probe.Describe(waits)}"));
        }
        finally
        {
            load.Kill();
            await load.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static TimeSpan Of(Influxd? influx)
    {
        influx?.Process.Process.Refresh();
        return influx?.Process.Process.TotalProcessorTime ?? TimeSpan.Zero;
    }
}
