using System.CommandLine;

namespace Linewatch.Tests.Benchmarks.Storage;

/// <summary><c>store-sqlite</c>, <c>sqlite-size</c>, <c>store-influx</c> and <c>store-late</c>.</summary>
public static class StoreCommand
{
    /// <summary>The subcommands of this folder.</summary>
    public static IEnumerable<Command> Create()
    {
        Option<int> signals = new("--signals") { Description = "Signals of the plant.", DefaultValueFactory = _ => 1000 };
        Option<int> megabytes = new("--megabytes") { Description = "Size the file grows to.", DefaultValueFactory = _ => 1024 };
        Command sqlite = new("store-sqlite", "SQLite store: readings/s, CPU and query times while the file grows.") { signals, megabytes };
        sqlite.SetAction((parsed, cancellationToken) => SqliteStoreBenchmark.RunAsync(parsed.GetValue(signals), parsed.GetValue(megabytes), cancellationToken));
        yield return sqlite;

        Option<double> gib = new("--gib") { Description = "Size of the raw readings, GiB; 0.02 takes seconds and shows only that it runs.", DefaultValueFactory = _ => 1 };
        Command size = new("sqlite-size", "SQLite store of this size beside one of a hundredth of it, in turns: last value, ranges, aggregates, a batch, retention.") { gib };
        size.SetAction((parsed, cancellationToken) => SqliteSizeBenchmark.RunAsync(parsed.GetValue(gib), cancellationToken));
        yield return size;

        Option<int> points = new("--points") { Description = "Points of seven fields in one turn.", DefaultValueFactory = _ => 400_000 };
        Option<int> turns = new("--turns") { Description = "Turns of each way.", DefaultValueFactory = _ => 5 };
        Command influx = new("store-influx", "InfluxDB store beside bodies encoded beforehand, in turns: points/s, CPU, ratio.") { points, turns };
        influx.SetAction((parsed, cancellationToken) => InfluxStoreBenchmark.RunAsync(parsed.GetValue(points), parsed.GetValue(turns), cancellationToken));
        yield return influx;

        Option<int> seconds = new("--seconds") { Description = "Seconds of the plant, 4,000 readings each.", DefaultValueFactory = _ => 200 };
        Command late = new("store-late", "Readings that the store has already, looked up together beside one by one: readings/s, ratio.") { seconds };
        late.SetAction((parsed, cancellationToken) => LateReadingsBenchmark.RunAsync(parsed.GetValue(seconds), cancellationToken));
        yield return late;
    }
}
