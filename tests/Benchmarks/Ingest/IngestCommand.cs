using System.CommandLine;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary><c>ingest</c>.</summary>
public static class IngestCommand
{
    /// <summary>The subcommands of this folder.</summary>
    public static IEnumerable<Command> Create()
    {
        Option<int> messages = new("--messages") { Description = "Messages of four numbers.", DefaultValueFactory = _ => 400_000 };
        Command ingest = new("ingest", "Four publishers at QoS 1 → Linewatch's broker → journal → SQLite, analytics running; beside it the same publishers into mosquitto, which keeps nothing.") { messages };
        ingest.SetAction((parsed, cancellationToken) => IngestBenchmark.RunAsync(parsed.GetValue(messages), cancellationToken));
        yield return ingest;
    }
}
