using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>How fast the client receives from a source that only sends.</summary>
public static class ClientReceiveBenchmark
{
    /// <summary>Prints the medians of some turns.</summary>
    public static async Task RunAsync(int messages, int turns, CancellationToken cancellationToken)
    {
        List<Figures> plain = [], qos0 = [], qos1 = [];
        for (int turn = 0; turn <= turns; turn++)
        {
            Figures[] figures =
            [
                await TurnAsync(messages, port => PlainReaderAsync(port, messages, cancellationToken), qos: 0),
                await TurnAsync(messages, port => ClientAsync(port, messages, 0, cancellationToken), qos: 0),
                await TurnAsync(messages, port => ClientAsync(port, messages, 1, cancellationToken), qos: 1),
            ];

            // The first turn warms the compiler up.
            if (turn > 0)
            {
                plain.Add(figures[0]);
                qos0.Add(figures[1]);
                qos1.Add(figures[2]);
            }
        }

        Figures.Print("plain socket reader, same source", Figures.Median(plain));
        Figures.Print("client, QoS 0, counted", Figures.Median(qos0));
        Figures.Print("client, QoS 1 to an intake, acknowledged, window 1,000", Figures.Median(qos1));
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
        MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = port, Version = MqttVersion.V311, ReconnectMinimum = TimeSpan.FromMilliseconds(50), ReconnectMaximum = TimeSpan.FromMilliseconds(50), Intake = intake });
        client.Start();
        Task subscribed = client.SubscribeAsync("#", (MqttQoS)qos, cancellationToken);
        await subscribed;
        long started = Stopwatch.GetTimestamp();
        await intake.Done.WaitAsync(cancellationToken);
        double rate = messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await client.DisposeAsync();
        return rate;
    }

    private static async Task<double> PlainReaderAsync(int port, int messages, CancellationToken cancellationToken)
    {
        await Task.Yield();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        while (!socket.Connected)
        {
            try
            {
                socket.Connect(IPAddress.Loopback, port);
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            }
        }

        byte[] buffer = new byte[64 * 1024];
        socket.Send([0x10, 12, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 0, 0, 0]);
        socket.Receive(buffer);
        socket.Send([0x82, 6, 0, 1, 0, 1, (byte)'#', 0]);
        long started = Stopwatch.GetTimestamp();
        while (socket.Receive(buffer) > 0)
        {
            // Bytes only.
        }

        return messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
