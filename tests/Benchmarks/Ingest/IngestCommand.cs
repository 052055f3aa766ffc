using System.CommandLine;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary><c>ingest…</c>.</summary>
public static class IngestCommand
{
    /// <summary>The subcommands of this folder.</summary>
    public static IEnumerable<Command> Create()
    {
        Option<int> seconds = Number("--seconds", "Length of each load.", 60);
        Option<int> turns = Number("--turns", "How often everything is measured.", 3);
        Option<string[]> rows = new("--rows") { Description = "What to measure.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. IngestBenchmark.Rows] };
        Option<int> sustained = Number("--sustained", "Messages a second of a steady load, without overload before; 0 = overload, then 80 % of what was stored.", 0);
        rows.AcceptOnlyFromAmong([.. IngestBenchmark.Rows]);
        Command ingest = new("ingest", "Publishers at QoS 1 → own broker or mosquitto → linewatch → influxd or a null store; beside it influxd from bodies encoded beforehand, and a Node pipeline behind the same mosquitto.") { seconds, turns, rows, sustained };
        ingest.SetAction((parsed, cancellationToken) => IngestBenchmark.RunAsync(parsed.GetValue(seconds), parsed.GetValue(turns), parsed.GetValue(rows)!, parsed.GetValue(sustained), cancellationToken));
        yield return ingest;

        Option<int> journalSeconds = Number("--seconds", "Length of each load.", 10);
        Command journal = new("ingest-journal", "Publishers at QoS 1 → embedded broker → journal synced → PUBACK, no store; beside it the broker that keeps nothing.") { journalSeconds, turns };
        journal.SetAction((parsed, cancellationToken) => BrokerJournalBenchmark.RunAsync(parsed.GetValue(journalSeconds), parsed.GetValue(turns), cancellationToken));
        yield return journal;

        Option<int> signals = Number("--signals", "Signals, 50 a machine.", 50_000);
        Command plant = new("ingest-plant", "A plant at 1 Hz a signal in mixed dialects → linewatch → SQLite, then InfluxDB: cores, memory, publish to queryable.") { signals, seconds };
        plant.SetAction((parsed, cancellationToken) => PlantModeBenchmark.RunAsync(parsed.GetValue(signals), parsed.GetValue(seconds), cancellationToken));
        yield return plant;

        Option<int> readings = Number("--readings", "Readings a second.", 20_000);
        Option<int> outage = Number("--outage", "Seconds that the database is away.", 600);
        Command away = new("ingest-outage", "The database is killed under a live load and comes back: how soon the store has caught up, how fresh the live figures are.") { readings, outage };
        away.SetAction((parsed, cancellationToken) => OutageBenchmark.RunAsync(parsed.GetValue(readings), parsed.GetValue(outage), cancellationToken));
        yield return away;

        Option<int> port = new("--port") { Description = "Port of the broker on 127.0.0.1.", Required = true };
        Option<int> rate = Number("--rate", "Messages a second; 0 = as fast as they are acknowledged.", 0);
        Command load = new("ingest-load", "The publishers of the ingest benchmarks, started by them in a process of its own.") { port, seconds, rate };
        load.Hidden = true;
        load.SetAction((parsed, _) => MessageLoad.WorkAsync(parsed.GetValue(port), parsed.GetValue(seconds), parsed.GetValue(rate)));
        yield return load;

        Option<int> machines = Number("--machines", "Machines of 50 signals.", 1000);
        Command plantLoad = new("ingest-plant-load", "The plant of ingest-plant, started by it in a process of its own.") { port, machines };
        plantLoad.Hidden = true;
        plantLoad.SetAction((parsed, cancellationToken) => PlantLoad.WorkAsync(parsed.GetValue(port), parsed.GetValue(machines), cancellationToken));
        yield return plantLoad;
    }

    private static Option<int> Number(string name, string description, int preset) =>
        new(name) { Description = description, DefaultValueFactory = _ => preset };
}
