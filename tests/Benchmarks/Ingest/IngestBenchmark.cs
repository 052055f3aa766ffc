using System.Diagnostics;
using System.Globalization;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>
/// Publishers → broker → linewatch → database, each a process of its own on this machine, as fast as the broker acknowledges;
/// and in the same run what it is to be compared with: the database from bodies encoded beforehand, a Node pipeline behind the
/// same mosquitto, and a database that keeps nothing.
/// </summary>
internal static class IngestBenchmark
{
    /// <summary>Long enough for the runtime to compile what is hot: beside a busy mosquitto it takes half a minute.</summary>
    private const int WarmUpSeconds = 30;

    /// <summary>Load at which it is shown that the backlog is stable, as a share of what was stored at overload.</summary>
    private const double SustainedShare = 0.8;

    /// <summary>What can be measured, in the order in which it is.</summary>
    public static IReadOnlyList<string> Rows { get; } = ["encoded", "own", "null", "mosquitto", "node"];

    /// <summary>Measures and prints.</summary>
    /// <param name="seconds">Length of each load.</param>
    /// <param name="turns">How often everything is done, one after the other.</param>
    /// <param name="rows">Which of <see cref="Rows"/>.</param>
    /// <param name="sustained">Messages a second at which it is shown that the backlog is stable, without overload before; 0 = what was stored at overload, less a fifth.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int seconds, int turns, IReadOnlyCollection<string> rows, int sustained, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{MessageLoad.Machines:N0} machines, a message = a point of 4 fields, QoS 1, {seconds} s a load, two databases of one influxd never at once");
        for (int turn = 1; turn <= turns; turn++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"turn {turn} of {turns}"));
            double encoded = double.NaN;
            if (rows.Contains("encoded"))
            {
                // As linewatch sends them, and as they are usually sent.
                encoded = await EncodedAsync(bodyLines: 10_000, connections: 2, seconds, cancellationToken);
                await EncodedAsync(bodyLines: 1_000, connections: 4, seconds, cancellationToken);
            }

            if (rows.Contains("own"))
            {
                await LinewatchAsync("own broker → influxd", throughMosquitto: false, hasStore: true, seconds, encoded, sustained, cancellationToken);
            }

            if (rows.Contains("null"))
            {
                await LinewatchAsync("own broker → null store", throughMosquitto: false, hasStore: false, seconds, encoded, sustained, cancellationToken);
            }

            double? ours = rows.Contains("mosquitto")
                ? await LinewatchAsync("mosquitto → influxd", throughMosquitto: true, hasStore: true, seconds, encoded, sustained, cancellationToken)
                : null;
            if (rows.Contains("node") && await NodeAsync(seconds, cancellationToken) is { } node && ours is { } stored)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  linewatch through mosquitto stores {stored / node:0.00} × what Node stores"));
            }
        }
    }

    private static async Task<double> EncodedAsync(int bodyLines, int connections, int seconds, CancellationToken cancellationToken)
    {
        await using Influxd influx = await Influxd.StartAsync();
        double rate = await InfluxDirect.RateAsync(influx, bodyLines, connections, seconds, cancellationToken);
        double cpu = Of(influx).TotalMicroseconds / (rate * seconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {"encoded beforehand → influxd",-42} {rate,9:N0} points/s in bodies of {bodyLines:N0} over {connections} connections; CPU a point: influxd {cpu:0.0} µs"));
        return rate;
    }

    private static async Task<double> LinewatchAsync(string what, bool throughMosquitto, bool hasStore, int seconds, double encoded, int sustained, CancellationToken cancellationToken)
    {
        await using Mosquitto? mosquitto = throughMosquitto ? await Mosquitto.StartAsync(persists: false) : null;
        await using Influxd? influx = hasStore ? await Influxd.StartAsync() : null;
        await using NullInflux? nothing = hasStore ? null : await NullInflux.StartAsync();
        await using LinewatchServer linewatch = await LinewatchServer.StartAsync(
            IngestPlant.FourNumbers(MessageLoad.Machines), influx?.Address ?? nothing!.Address, mosquitto?.Port, cancellationToken);
        int port = mosquitto?.Port ?? linewatch.MqttPort;
        await MessageLoad.RunAsync(port, WarmUpSeconds, 0, cancellationToken);
        await linewatch.DrainAsync(cancellationToken);
        if (sustained > 0)
        {
            await SustainAsync($"{what}, paced", sustained, seconds, port, linewatch, mosquitto, influx, cancellationToken);
            return sustained;
        }

        (_, long before, _, _) = await linewatch.BalanceAsync(cancellationToken);
        TimeSpan[] cpu = Cpus(linewatch, mosquitto, influx);
        long started = Stopwatch.GetTimestamp();
        LoadResult load = await MessageLoad.RunAsync(port, seconds, 0, cancellationToken);
        (_, _, long backlog, _) = await linewatch.BalanceAsync(cancellationToken);
        await linewatch.UntilAsync(
            "balance", answer => answer.GetProperty("totals") is var totals && totals.GetProperty("stored").GetInt64() + totals.GetProperty("duplicate").GetInt64() >= before + load.Acknowledged, cancellationToken);
        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double rate = load.Acknowledged / elapsed;
        double[] spent = [.. Cpus(linewatch, mosquitto, influx).Zip(cpu, (now, then) => (now - then).TotalMicroseconds / load.Acknowledged)];
        (_, _, _, long lost) = await linewatch.BalanceAsync(cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-42} {rate,9:N0} points/s stored ({rate / encoded:P0} of encoded), acknowledged {load.Acknowledged / load.Seconds:N0}/s (p99 {load.P99:0} ms), backlog at the end of the load {backlog:N0}, lost {lost}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {"",-42} CPU a point: linewatch {spent[0]:0.0} µs{(throughMosquitto ? $", mosquitto {spent[1]:0.0} µs" : "")}{(hasStore ? $", influxd {spent[2]:0.0} µs" : "")}, publishers {load.CpuSeconds * 1e6 / load.Acknowledged:0.0} µs; linewatch peaks at {linewatch.PeakMemory >> 20} MiB"));

        if (hasStore)
        {
            await SustainAsync($"at {SustainedShare:P0} of that", (int)(rate * SustainedShare), seconds, port, linewatch, mosquitto, influx, cancellationToken);
        }

        return rate;
    }

    /// <summary>Somewhat less than it can: nothing piles up, and everything takes the way it takes in a plant.</summary>
    private static async Task SustainAsync(
        string what, int rate, int seconds, int port, LinewatchServer linewatch, Mosquitto? mosquitto, Influxd? influx, CancellationToken cancellationToken)
    {
        // Whoever asks again and again whether a value has come costs more than a good deal of the values, so nobody asks at first.
        TimeSpan[] cpu = Cpus(linewatch, mosquitto, influx);
        Process sustained = MessageLoad.Start(port, seconds, rate);
        List<long> backlogs = [];
        for (int second = 5; second < seconds; second += 5)
        {
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, cancellationToken);
            backlogs.Add((await linewatch.BalanceAsync(cancellationToken)).Pending);
        }

        LoadResult load = await MessageLoad.ResultAsync(sustained, cancellationToken);
        (_, _, long atEnd, _) = await linewatch.BalanceAsync(cancellationToken);
        await linewatch.DrainAsync(cancellationToken);
        double[] spent = [.. Cpus(linewatch, mosquitto, influx).Zip(cpu, (now, then) => (now - then).TotalMicroseconds / load.Acknowledged)];

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Process asked = MessageLoad.Start(port, Math.Min(seconds, 20), rate);
        Task<double[]> probing = Probe.RunAsync(port, linewatch, over.Token);
        await MessageLoad.ResultAsync(asked, cancellationToken);
        await over.CancelAsync();
        string waits = Probe.Describe(await probing);
        double all = spent.Sum() + (load.CpuSeconds * 1e6 / load.Acknowledged);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,42} {load.Acknowledged / load.Seconds,9:N0} points/s for {load.Seconds:0} s, backlog every 5 s {string.Join(' ', backlogs)}, at the end {atEnd}, acknowledged within p50 {load.P50:0.0} ms, p99 {load.P99:0} ms; CPU a point: linewatch {spent[0]:0.0} µs ({spent[0] / all:P0} of all), mosquitto {spent[1]:0.0} µs, influxd {spent[2]:0.0} µs; publish to queryable: {waits}"));
    }

    private static async Task<double?> NodeAsync(int seconds, CancellationToken cancellationToken)
    {
        const string Database = "node";

        // The same mosquitto as linewatch gets: its queue has no limit.
        await using Mosquitto mosquitto = await Mosquitto.StartAsync(persists: false);
        await using Influxd influx = await Influxd.StartAsync();
        await InfluxDirect.CreateAsync(influx, Database, cancellationToken);
        await using NodePipeline? node = await NodePipeline.StartAsync(mosquitto.Port, influx.Port, Database, cancellationToken);
        if (node is null)
        {
            Console.WriteLine("  no Node pipeline: node, npm or the packages mqtt and influx are not to be had");
            return null;
        }

        await MessageLoad.RunAsync(mosquitto.Port, WarmUpSeconds, 0, cancellationToken);
        (long before, _) = await InfluxDirect.RestAsync(influx, Database, long.MaxValue, cancellationToken);
        TimeSpan cpu = node.Cpu;
        long started = Stopwatch.GetTimestamp();
        LoadResult load = await MessageLoad.RunAsync(mosquitto.Port, seconds, 0, cancellationToken);
        (long count, long reachedAt) = await InfluxDirect.RestAsync(influx, Database, before + load.Acknowledged, cancellationToken);
        long stored = count - before;
        double rate = stored / Stopwatch.GetElapsedTime(started, reachedAt).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {"mosquitto → Node (mqtt, influx) → influxd",-42} {rate,9:N0} points/s stored, acknowledged {load.Acknowledged / load.Seconds:N0}/s, lost {1 - (stored / (double)load.Acknowledged):P1}; CPU a point: node {(node.Cpu - cpu).TotalMicroseconds / Math.Max(1, stored):0.0} µs; peaks at {node.PeakMemory >> 20} MiB"));
        return rate;
    }

    private static TimeSpan[] Cpus(LinewatchServer linewatch, Mosquitto? mosquitto, Influxd? influx) => [linewatch.Cpu, Of(mosquitto), Of(influx)];

    private static TimeSpan Of(RestartableServer? server)
    {
        server?.Process.Process.Refresh();
        return server?.Process.Process.TotalProcessorTime ?? TimeSpan.Zero;
    }
}
