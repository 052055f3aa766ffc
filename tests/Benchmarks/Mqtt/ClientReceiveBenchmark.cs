using System.Diagnostics;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>How fast the client receives from a source that only sends, beside a plain socket and mosquitto_sub in the same turns.</summary>
public static class ClientReceiveBenchmark
{
    /// <summary>Prints the medians of some turns.</summary>
    public static async Task RunAsync(int messages, int turns, CancellationToken cancellationToken)
    {
        List<Figures> plain = [], qos0 = [], qos1 = [], theirs0 = [], theirs1 = [];
        for (int turn = 0; turn <= turns; turn++)
        {
            Figures[] figures =
            [
                await TurnAsync(messages, port => PlainReader.FromSourceAsync(port, messages, cancellationToken), qos: 0),
                await TurnAsync(messages, port => ClientAsync(port, messages, 0, cancellationToken), qos: 0),
                await TurnAsync(messages, port => ClientAsync(port, messages, 1, cancellationToken), qos: 1),
                await MosquittoPeer.ReceiveAsync(messages / 10, 0, cancellationToken) ?? default,
                await MosquittoPeer.ReceiveAsync(messages / 10, 1, cancellationToken) ?? default,
            ];

            // The first turn warms the compiler up.
            if (turn > 0)
            {
                plain.Add(figures[0]);
                qos0.Add(figures[1]);
                qos1.Add(figures[2]);
                theirs0.Add(figures[3]);
                theirs1.Add(figures[4]);
            }
        }

        Figures.Print("client, QoS 0, counted", Figures.Median(qos0));
        Figures.Print("client, QoS 1 as views, acknowledged by hand, window 1,000", Figures.Median(qos1));
        Figures.Print("  plain socket reader, same source, QoS 0", Figures.Median(plain));
        if (Tool.Find("mosquitto_sub") is not null)
        {
            Figures.Print("  mosquitto_sub, same source, QoS 0", Figures.Median(theirs0));
            Figures.Print("  mosquitto_sub, same source, QoS 1", Figures.Median(theirs1));
        }
    }

    private static async Task<Figures> TurnAsync(int messages, Func<int, Task<double>> receive, int qos)
    {
        int port = Loopback.FreePort();
        using Process source = MqttPeer.Start("source", port, qos, messages);
        Figures figures = await Figures.OfThisProcessAsync(messages, () => receive(port));
        await source.WaitForExitAsync();
        return figures;
    }

    private static async Task<double> ClientAsync(int port, int messages, int qos, CancellationToken cancellationToken)
    {
        CountingIntake intake = new(messages);
        MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = port, Version = MqttVersion.V311, ReconnectMinimum = TimeSpan.FromMilliseconds(50), ReconnectMaximum = TimeSpan.FromMilliseconds(50), ResponseTimeout = TimeSpan.FromMinutes(2), Intake = intake });
        client.Start();
        await client.SubscribeAsync("#", (MqttQoS)qos, cancellationToken);
        long started = Stopwatch.GetTimestamp();
        await intake.Done.WaitAsync(cancellationToken);
        double rate = messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await client.DisposeAsync();
        return rate;
    }
}
