using System.CommandLine;

namespace Linewatch.Tests.Benchmarks.Telemetry;

/// <summary><c>journal</c>, <c>decode</c> and <c>plant</c>.</summary>
public static class TelemetryCommand
{
    /// <summary>The subcommands of this folder.</summary>
    public static IEnumerable<Command> Create()
    {
        Option<int> seconds = new("--seconds") { Description = "Length of each turn.", DefaultValueFactory = _ => 5 };
        Option<string> folder = new("--folder") { Description = "Where the journal is written; a folder on the disk that is meant.", DefaultValueFactory = _ => Path.GetTempPath() };
        Command journal = new("journal", "Journal: time from accept to safe at 1,000 messages/s, throughput of four senders with 1,000 in flight each, time to open 10 GiB.") { seconds, folder };
        journal.SetAction((parsed, cancellationToken) => JournalBenchmark.RunAsync(parsed.GetValue(folder)!, parsed.GetValue(seconds), cancellationToken));
        yield return journal;

        Option<int> messages = new("--messages") { Description = "Messages in one turn.", DefaultValueFactory = _ => 2_000_000 };
        Command decode = new("decode", "Journal → decode → checks, without a store and to line protocol for a null store: messages/s, CPU and bytes allocated a message; beside it JsonDocument on the same messages.") { messages };
        decode.SetAction((parsed, cancellationToken) => DecodeBenchmark.RunAsync(parsed.GetValue(messages), cancellationToken));
        yield return decode;

        Option<int> signals = new("--signals") { Description = "Signals of the plant.", DefaultValueFactory = _ => 50_000 };
        Command plant = new("plant", "Time to read and check a plant file.") { signals };
        plant.SetAction((parsed, _) => PlantBenchmark.RunAsync(parsed.GetValue(signals)));
        yield return plant;
    }
}
