using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>The database is killed under a live load and comes back: how soon the store has caught up, and how fresh the live figures are meanwhile.</summary>
internal static class OutageBenchmark
{
    /// <summary>Measures and prints.</summary>
    /// <param name="readings">Readings a second; four are a message.</param>
    /// <param name="outageSeconds">How long the database is away.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int readings, int outageSeconds, CancellationToken cancellationToken)
    {
        int rate = readings / 4;
        await using Influxd influx = await Influxd.StartAsync();
        await using LinewatchServer linewatch = await LinewatchServer.StartAsync(IngestPlant.FourNumbers(MessageLoad.Machines), influx.Address, null, cancellationToken);
        Process load = MessageLoad.Start(linewatch.MqttPort, 10 + outageSeconds + (outageSeconds / 2) + 30, rate);
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, cancellationToken);

        await influx.KillAsync();
        double[] during = await LagAsync(linewatch, TimeSpan.FromSeconds(outageSeconds), _ => false, cancellationToken);
        await influx.StartAgainAsync();
        (_, _, long backlog, _) = await linewatch.BalanceAsync(cancellationToken);
        long started = Stopwatch.GetTimestamp();
        double[] after = await LagAsync(linewatch, TimeSpan.FromHours(1), pending => pending < rate, cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double catchingUp = (backlog / seconds) + rate;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"outage of {outageSeconds} s at {readings:N0} readings/s: {backlog:N0} messages behind, caught up in {seconds:0.0} s at {catchingUp * 4:N0} readings/s, {catchingUp / rate:0.0} × the live rate"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"age of the live figures: p99 {P99(during):0.0} s during the outage, p99 {P99(after):0.0} s while catching up; linewatch peaks at {linewatch.PeakMemory >> 20} MiB"));
        await MessageLoad.ResultAsync(load, cancellationToken);
        await linewatch.DrainAsync(cancellationToken);
        (long received, long stored, _, long lost) = await linewatch.BalanceAsync(cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"received {received:N0}, stored {stored:N0}, lost {lost}"));
    }

    /// <summary>Asks five times a second how old the newest reading in the live figures is, in seconds.</summary>
    private static async Task<double[]> LagAsync(LinewatchServer linewatch, TimeSpan longest, Func<long, bool> isOver, CancellationToken cancellationToken)
    {
        List<double> seconds = [];
        long started = Stopwatch.GetTimestamp();
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(200));
        while (Stopwatch.GetElapsedTime(started) < longest)
        {
            await poll.WaitForNextTickAsync(cancellationToken);
            JsonElement status = await linewatch.UntilAsync("status", _ => true, cancellationToken);
            if (status.GetProperty("dataTime") is { ValueKind: JsonValueKind.String } newest)
            {
                seconds.Add((status.GetProperty("now").GetDateTime() - newest.GetDateTime()).TotalSeconds);
            }

            if (isOver((await linewatch.BalanceAsync(cancellationToken)).Pending))
            {
                break;
            }
        }

        seconds.Sort();
        return [.. seconds];
    }

    private static double P99(double[] sorted) => sorted.Length == 0 ? double.NaN : sorted[(int)(sorted.Length * 0.99)];
}
