using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>
/// Peers that mean harm, one kind after the other, against a broker in a process of its own: its memory and CPU time, and how
/// long a well-behaved client waits for its own message meanwhile.
/// </summary>
public static class HostilePeersBenchmark
{
    private const int Peers = 500;

    /// <summary>Runs; the exit code is 1 when our broker died or left a well-behaved client unserved.</summary>
    public static async Task<int> RunAsync(int seconds, CancellationToken cancellationToken)
    {
        bool held = true;
        await foreach (BrokerProcess broker in BrokerProcess.BothAsync())
        {
            EchoIntake echo = new();
            await using MqttClient good = new(new MqttClientOptions { Host = "127.0.0.1", Port = broker.Port, ClientId = "good", Intake = echo });
            await good.ConnectAsync(cancellationToken);
            await good.SubscribeAsync("good", MqttQoS.AtLeastOnce, cancellationToken);
            foreach ((string kind, Func<int, TimeSpan, CancellationToken, Task> attack) in Attacks)
            {
                double before = broker.ResidentKiB;
                TimeSpan cpu = broker.Cpu;
                long started = Stopwatch.GetTimestamp();
                Task attacking = Task.Run(() => attack(broker.Port, TimeSpan.FromSeconds(seconds), cancellationToken), cancellationToken);
                (double peak, double worst) = await WatchAsync(broker, good, echo, attacking, cancellationToken);
                double share = (broker.Cpu - cpu) / Stopwatch.GetElapsedTime(started);
                Figures.Print(string.Create(CultureInfo.InvariantCulture,
                    $"{broker.Name,-10} {kind,-40} {before / 1024,6:F1} → at most {peak / 1024,6:F1} MiB resident, {share * 100,5:F1} % of a core, a good client waited at most {worst:F0} ms"));
                held &= broker.Name != "Linewatch" || (broker.IsRunning && !double.IsNaN(worst));
            }
        }

        return held ? 0 : 1;
    }

    private static IEnumerable<(string Kind, Func<int, TimeSpan, CancellationToken, Task> Attack)> Attacks =>
    [
        ($"{Peers} half-open handshakes", HalfOpenAsync),
        ($"{Peers} peers send a byte a second", ByteASecondAsync),
        ($"{Peers} declare a gigantic packet", GiganticAsync),
        ("subscription bomb, 1,000 filters a packet", SubscriptionBombAsync),
        ("publish flood, retained, ever new topics", FloodAsync),
        ("subscriber that never reads, 60 kB messages", DeafAsync),
    ];

    /// <summary>A good client sends itself a message again and again.</summary>
    private static async Task<(double Peak, double Worst)> WatchAsync(BrokerProcess broker, MqttClient good, EchoIntake echo, Task attacking, CancellationToken cancellationToken)
    {
        double peak = 0, worst = 0;
        while (!attacking.IsCompleted)
        {
            long sent = Stopwatch.GetTimestamp();
            Task echoed = echo.NextAsync();
            try
            {
                await good.PublishAsync("good", "x"u8.ToArray(), MqttQoS.AtLeastOnce, retain: false, cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
                await echoed.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
            }
            catch (TimeoutException)
            {
                await attacking;
                return (peak, double.NaN);
            }

            worst = Math.Max(worst, Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            peak = Math.Max(peak, broker.ResidentKiB);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        await attacking;
        return (peak, worst);
    }

    private static Task HalfOpenAsync(int port, TimeSpan time, CancellationToken cancellationToken) =>
        ManyAsync(port, time, (socket, turn) => turn == 0 ? Send(socket, [0x10, 0x7F, 0]) : 0, cancellationToken);

    private static Task ByteASecondAsync(int port, TimeSpan time, CancellationToken cancellationToken)
    {
        byte[] connect = Connect("slow");
        return ManyAsync(port, time, (socket, turn) => turn < connect.Length ? Send(socket, connect.AsSpan(turn, 1)) : 0, cancellationToken);
    }

    private static Task GiganticAsync(int port, TimeSpan time, CancellationToken cancellationToken) =>
        ManyAsync(port, time, (socket, turn) => turn == 0 ? Send(socket, [0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0, 4, (byte)'M']) : Send(socket, new byte[1000]), cancellationToken);

    private static async Task SubscriptionBombAsync(int port, TimeSpan time, CancellationToken cancellationToken)
    {
        using Socket socket = await OpenAsync(port, cancellationToken);
        Send(socket, Connect("bomb"));
        PacketBuffer buffer = new();
        await RepeatAsync(socket, time, turn =>
        {
            buffer.Clear();
            FilterRequest[] filters = [.. Enumerable.Range(turn * 1000, 1000).Select(i => new FilterRequest($"bomb/{i}/+/#", default))];
            new SubscribePacket(1, filters).Write(buffer, MqttVersion.V5);
            return buffer.Written.ToArray();
        }, read: true, cancellationToken);
    }

    private static async Task FloodAsync(int port, TimeSpan time, CancellationToken cancellationToken)
    {
        using Socket socket = await OpenAsync(port, cancellationToken);
        Send(socket, Connect("flood"));
        PacketBuffer buffer = new();
        int topic = 0;
        byte[] payload = new byte[200];
        await RepeatAsync(socket, time, _ =>
        {
            buffer.Clear();
            for (int i = 0; i < 500; i++)
            {
                PublishPacket.Write(buffer, MqttVersion.V5, 1, Encoding.UTF8.GetBytes($"flood/{topic++}"), 0, default, payload);
            }

            return buffer.Written.ToArray();
        }, read: false, cancellationToken);
    }

    private static async Task DeafAsync(int port, TimeSpan time, CancellationToken cancellationToken)
    {
        using Socket deaf = await OpenAsync(port, cancellationToken);
        Send(deaf, Connect("deaf"));
        PacketBuffer buffer = new();
        new SubscribePacket(1, [new FilterRequest("deaf", new SubscriptionOptions(MqttQoS.AtLeastOnce))]).Write(buffer, MqttVersion.V5);
        Send(deaf, buffer.Written);
        using Socket socket = await OpenAsync(port, cancellationToken);
        Send(socket, Connect("loud"));
        byte[] payload = new byte[60_000];
        await RepeatAsync(socket, time, turn =>
        {
            buffer.Clear();
            PublishPacket.Write(buffer, MqttVersion.V5, 2, "deaf"u8, (ushort)((turn % 1000) + 1), default, payload);
            return buffer.Written.ToArray();
        }, read: true, cancellationToken);
    }

    private static async Task ManyAsync(int port, TimeSpan time, Func<Socket, int, int> everySecond, CancellationToken cancellationToken)
    {
        List<Socket> sockets = [];
        for (int i = 0; i < Peers; i++)
        {
            sockets.Add(await OpenAsync(port, cancellationToken));
        }

        for (int turn = 0; turn < time.TotalSeconds; turn++)
        {
            foreach (Socket socket in sockets)
            {
                everySecond(socket, turn);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        }

        sockets.ForEach(socket => socket.Dispose());
    }

    /// <summary>Sends packet after packet, as fast as the broker takes them, until time is up or the broker has closed.</summary>
    private static async Task RepeatAsync(Socket socket, TimeSpan time, Func<int, byte[]> packet, bool read, CancellationToken cancellationToken)
    {
        byte[] answer = new byte[64 * 1024];
        long started = Stopwatch.GetTimestamp();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            for (int turn = 0; Stopwatch.GetElapsedTime(started) < time; turn++)
            {
                await socket.SendAsync(packet(turn), limit.Token);
                while (read && socket.Available > 0)
                {
                    await socket.ReceiveAsync(answer, limit.Token);
                }
            }
        }
        catch (SocketException)
        {
            // Closed: the end of this attack.
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The broker does not take more: time is up.
        }
    }

    private static async Task<Socket> OpenAsync(int port, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return socket;
    }

    /// <summary>Sends to a broker that may have closed already.</summary>
    private static int Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return socket.Send(bytes);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private sealed class EchoIntake : IMessageIntake
    {
        private long _count;
        private TaskCompletionSource _next = new();

        public long SafeThrough => Volatile.Read(ref _count);

        /// <summary>Completes with the next message.</summary>
        public Task NextAsync() => (_next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public long Accept(in PublishView message)
        {
            _next.TrySetResult();
            return Interlocked.Increment(ref _count);
        }

        public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private static byte[] Connect(string clientId)
    {
        PacketBuffer buffer = new();
        new ConnectPacket { Version = MqttVersion.V5, ClientId = clientId, CleanStart = true, KeepAlive = 60 }.Write(buffer);
        return buffer.Written.ToArray();
    }
}
