using System.CommandLine;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary><c>mqtt-…</c>.</summary>
public static class MqttCommand
{
    /// <summary>The subcommands of this folder.</summary>
    public static IEnumerable<Command> Create()
    {
        Option<int> messages = new("--messages") { Description = "Messages of 155 bytes in one turn.", DefaultValueFactory = _ => 3_000_000 };
        Option<int> turns = new("--turns") { Description = "Turns; the median is printed.", DefaultValueFactory = _ => 5 };

        Command receive = new("mqtt-client-receive", "Client from a raw source: QoS 0 counted, QoS 1 acknowledged by hand, beside a plain socket reader and mosquitto_sub.") { messages, turns };
        receive.SetAction((parsed, cancellationToken) => ClientReceiveBenchmark.RunAsync(parsed.GetValue(messages), parsed.GetValue(turns), cancellationToken));
        yield return receive;

        Command intake = new("mqtt-broker-intake", "Broker takes in from four publishers, nobody subscribes: QoS 0 and QoS 1, beside plain sockets and mosquitto.") { messages, turns };
        intake.SetAction((parsed, cancellationToken) => BrokerIntakeBenchmark.RunAsync(parsed.GetValue(messages), parsed.GetValue(turns), cancellationToken));
        yield return intake;

        Option<int> subscribers = new("--subscribers") { Description = "Subscribers that each get every message.", DefaultValueFactory = _ => 1 };
        Command through = new("mqtt-broker-through", "Publisher to broker to subscribers, ours, mosquitto and a plain socket in turns: QoS 0 and QoS 1.") { messages, subscribers, turns };
        through.SetAction((parsed, cancellationToken) => BrokerThroughBenchmark.RunAsync(parsed.GetValue(messages), parsed.GetValue(subscribers), parsed.GetValue(turns), cancellationToken));
        yield return through;

        Option<int> seconds = new("--seconds") { Description = "How long.", DefaultValueFactory = _ => 10 };
        Command latency = new("mqtt-latency", "Publisher to broker to subscriber at 1,000 messages a second: p50, p99, p99.9; ours, mosquitto and a plain socket.") { seconds, turns };
        latency.SetAction((parsed, cancellationToken) => LatencyBenchmark.RunAsync(parsed.GetValue(seconds), parsed.GetValue(turns), cancellationToken));
        yield return latency;

        Option<int> clients = new("--clients") { Description = "Idle clients.", DefaultValueFactory = _ => 5000 };
        Option<int> keepAlive = new("--keep-alive") { Description = "Seconds between two pings of a client.", DefaultValueFactory = _ => 60 };
        Command idle = new("mqtt-idle", "Memory and CPU of a broker, ours and mosquitto, with idle clients that ping once a keep-alive interval.") { clients, seconds, keepAlive };
        idle.SetAction((parsed, cancellationToken) => IdleClientsBenchmark.RunAsync(parsed.GetValue(clients), parsed.GetValue(seconds), parsed.GetValue(keepAlive), cancellationToken));
        yield return idle;

        Option<int> subscriptions = new("--subscriptions") { Description = "Subscriptions, a third of them with wildcards.", DefaultValueFactory = _ => 100_000 };
        Command match = new("mqtt-match", "Matching a topic in the subscription tree, beside a look at every filter.") { subscriptions };
        match.SetAction((parsed, _) => MatchBenchmark.RunAsync(parsed.GetValue(subscriptions)));
        yield return match;

        Option<int> times = new("--times") { Description = "Kills.", DefaultValueFactory = _ => 100 };
        Option<bool> mosquitto = new("--mosquitto") { Description = "Kill mosquitto instead of our broker." };
        Command kill = new("mqtt-kill", "Kills the broker process again and again under QoS 1 and 2 load with persistent sessions; fails when a message is lost or, at QoS 2, doubled.") { times, mosquitto };
        kill.SetAction((parsed, cancellationToken) => KillRun.RunAsync(parsed.GetValue(times), parsed.GetValue(mosquitto), cancellationToken));
        yield return kill;

        Command hostile = new("mqtt-hostile", "Peers that mean harm, one kind after the other: memory and CPU of our broker and mosquitto, and how long a good client waits.") { seconds };
        hostile.SetAction((parsed, cancellationToken) => HostilePeersBenchmark.RunAsync(parsed.GetValue(seconds), cancellationToken));
        yield return hostile;

        Option<int> frames = new("--frames") { Description = "Packets to break.", DefaultValueFactory = _ => 10_000_000 };
        Option<int> seed = new("--seed") { Description = "Start of the random numbers.", DefaultValueFactory = _ => 1 };
        Command mutate = new("mqtt-mutate", "Valid packets with bytes changed, through everything that decodes: each ends in a packet or a protocol error. Beside it a bare walk over their lengths.") { frames, seed };
        mutate.SetAction(parsed => MutationBenchmark.Run(parsed.GetValue(frames), parsed.GetValue(seed)));
        yield return mutate;

        Argument<string> role = new("role") { Description = "source, publish, through or broker." };
        Option<string> data = new("--data") { Description = "Data folder of the broker." };
        Option<int> port = new("--port") { Description = "Port on 127.0.0.1.", Required = true };
        Option<int> qos = new("--qos") { Description = "Quality of service, 0 or 1." };
        Command peer = new("mqtt-peer", "The other end of the benchmarks, started by them in a process of its own.") { role, port, qos, messages, data, subscribers };
        peer.Hidden = true;
        peer.SetAction((parsed, _) => MqttPeer.RunAsync(parsed.GetValue(role)!, parsed.GetValue(port), parsed.GetValue(qos), parsed.GetValue(messages), parsed.GetValue(data), parsed.GetValue(subscribers)));
        yield return peer;
    }
}
