using System.CommandLine;

namespace Linewatch.Tests.Benchmarks.Web;

/// <summary><c>live-latency</c>.</summary>
public static class LiveCommand
{
    /// <summary>The subcommands of this folder.</summary>
    public static IEnumerable<Command> Create()
    {
        Option<string> address = new("--address") { Description = "Address of a running demo.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        Option<int> broker = new("--broker-port") { Description = "Port of its broker.", DefaultValueFactory = _ => 1883 };
        Option<int> count = new("--count") { Description = "Messages measured.", DefaultValueFactory = _ => 300 };
        Command latency = new("live-latency", "From publishing a message at QoS 1 to the live stream telling a page of it, beside the time to PUBACK.") { address, broker, count };
        latency.SetAction((parsed, cancellationToken) =>
            LiveLatency.RunAsync(new Uri(parsed.GetRequiredValue(address)), parsed.GetValue(broker), parsed.GetValue(count), cancellationToken));
        yield return latency;
    }
}
