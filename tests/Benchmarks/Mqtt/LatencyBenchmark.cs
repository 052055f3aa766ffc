using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>
/// Time from PublishAsync of one client to the intake of another, one message a millisecond: through our broker, through
/// mosquitto with the same clients, and a plain socket's way there.
/// </summary>
public static class LatencyBenchmark
{
    private const int PayloadSize = 120;

    /// <summary>Prints the percentiles for QoS 0 and 1: the median run of some turns, by its p99.</summary>
    public static async Task RunAsync(int seconds, int turns, CancellationToken cancellationToken)
    {
        await using MqttBrokerHost own = await MqttBrokerHost.StartAsync(new MqttBrokerOptions());
        await using Mosquitto? mosquitto = Tool.Find("mosquitto") is null ? null : await Mosquitto.StartAsync(MosquittoPeer.WithoutDisk);
        List<double[]> plain = [];
        foreach (MqttQoS qos in (MqttQoS[])[MqttQoS.AtMostOnce, MqttQoS.AtLeastOnce])
        {
            List<double[]> ours = [], theirs = [];
            for (int turn = 0; turn < turns; turn++)
            {
                ours.Add(await ThroughAsync(own.Port, qos, seconds, cancellationToken));
                if (mosquitto is not null)
                {
                    theirs.Add(await ThroughAsync(mosquitto.Port, qos, seconds, cancellationToken));
                }

                plain.Add(await PlainAsync(seconds, cancellationToken));
            }

            Print($"publisher → broker → subscriber, QoS {(int)qos}", ours);
            if (mosquitto is not null)
            {
                Print($"  mosquitto, QoS {(int)qos}", theirs);
            }
        }

        Print("  plain socket to plain socket", plain);
    }

    private static async Task<double[]> ThroughAsync(int port, MqttQoS qos, int seconds, CancellationToken cancellationToken)
    {
        StampIntake intake = new();
        await using MqttClient subscriber = new(new MqttClientOptions { Host = "127.0.0.1", Port = port, Intake = intake });
        await using MqttClient publisher = new(new MqttClientOptions { Host = "127.0.0.1", Port = port });
        await subscriber.ConnectAsync(cancellationToken);
        await subscriber.SubscribeAsync("t", qos, cancellationToken);
        await publisher.ConnectAsync(cancellationToken);
        List<Task> sent = [];
        await EveryMillisecondAsync(seconds, payload => sent.Add(publisher.PublishAsync("t", payload, qos, retain: false, cancellationToken).AsTask()), cancellationToken);
        await Task.WhenAll(sent);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        return [.. intake.Microseconds.Order()];
    }

    private static async Task<double[]> PlainAsync(int seconds, CancellationToken cancellationToken)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Socket sender = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await sender.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancellationToken);
        using Socket receiver = await listener.AcceptSocketAsync(cancellationToken);
        List<double> microseconds = [];
        Task receiving = Task.Run(
            async () =>
            {
                byte[] buffer = new byte[PayloadSize];
                while (await receiver.ReceiveAsync(buffer, cancellationToken) is var count && count > 0)
                {
                    while (count < PayloadSize)
                    {
                        count += await receiver.ReceiveAsync(buffer.AsMemory(count), cancellationToken);
                    }

                    microseconds.Add(Stopwatch.GetElapsedTime(BitConverter.ToInt64(buffer)).TotalMicroseconds);
                }
            },
            cancellationToken);
        await EveryMillisecondAsync(seconds, payload => sender.Send(payload), cancellationToken);
        sender.Shutdown(SocketShutdown.Send);
        await receiving;
        return [.. microseconds.Order()];
    }

    private static async Task EveryMillisecondAsync(int seconds, Action<byte[]> send, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(1));
        long started = Stopwatch.GetTimestamp();
        int sent = 0;
        while (sent < seconds * 1000 && await timer.WaitForNextTickAsync(cancellationToken))
        {
            // A timer may tick less often than it is asked to: what is due by now goes out, so that the rate holds.
            for (int due = Math.Min(seconds * 1000, (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds); sent < due; sent++)
            {
                byte[] payload = new byte[PayloadSize];
                BitConverter.TryWriteBytes(payload, Stopwatch.GetTimestamp());
                send(payload);
            }
        }
    }

    private static void Print(string what, List<double[]> turns)
    {
        double[] sorted = turns.OrderBy(one => At(one, 990)).ElementAt(turns.Count / 2);
        Figures.Print(FormattableString.Invariant(
            $"{what,-58} p50 {At(sorted, 500):F0} µs, p99 {At(sorted, 990):F0} µs, p99.9 {At(sorted, 999):F0} µs of {sorted.Length} messages"));

        static double At(double[] sorted, int permille) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, sorted.Length * permille / 1000)];
    }

    private sealed class StampIntake : IMessageIntake
    {
        private long _count;

        public List<double> Microseconds { get; } = [];

        public long SafeThrough => _count;

        public long Accept(in PublishView message)
        {
            Microseconds.Add(Stopwatch.GetElapsedTime(BitConverter.ToInt64(message.Payload)).TotalMicroseconds);
            return ++_count;
        }

        public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
