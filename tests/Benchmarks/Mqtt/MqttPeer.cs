using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>
/// The load: blocking sockets, packets encoded beforehand, 64 KiB a send. It runs in a process of its own, so that the CPU
/// time of the measured side is its own.
/// </summary>
internal static class MqttPeer
{
    /// <summary>Most QoS 1 messages unacknowledged.</summary>
    public const int Window = 1000;

    /// <summary>Most messages on their way from publisher to subscriber; keeps a broker's queues short.</summary>
    private const int OnTheWay = 5_000;

    private const int Topics = 1000;
    private const int ChunkPackets = 400;

    /// <summary>Starts a peer; its last line of output is the number of messages a second.</summary>
    public static Process Start(string role, int port, int qos, int messages, string data = "", int subscribers = 1)
    {
        string[] arguments = ["mqtt-peer", role, "--port", Text(port), "--qos", Text(qos), "--messages", Text(messages), "--data", data, "--subscribers", Text(subscribers)];
        string program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments = [typeof(MqttPeer).Assembly.Location, .. arguments];
        }

        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true };
        return Process.Start(start)!;

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for a peer and reads its rate.</summary>
    public static async Task<double> RateOfAsync(Process peer, CancellationToken cancellationToken)
    {
        string output = await peer.StandardOutput.ReadToEndAsync(cancellationToken);
        await peer.WaitForExitAsync(cancellationToken);
        return double.TryParse(output.Trim(), CultureInfo.InvariantCulture, out double rate)
            ? rate
            : throw new InvalidOperationException($"a load process ended with code {peer.ExitCode} and without a rate; it says why above");
    }

    public static async Task<int> RunAsync(string role, int port, int qos, int messages, string? data, int subscribers)
    {
        if (role == "broker")
        {
            await using MqttBrokerHost broker = await MqttBrokerHost.StartAsync(new MqttBrokerOptions { DataFolder = data is { Length: > 0 } ? data : null, MaximumQueuedMessages = 1_000_000 }, port);
            await broker.WaitForShutdownAsync();
            return 0;
        }

        double rate = role switch
        {
            "source" => Source(port, qos, messages),
            "publish" => Publish(port, qos, messages),
            "through" => Through(port, qos, messages, subscribers),
            _ => throw new ArgumentException($"unknown role '{role}'", nameof(role)),
        };
        Console.WriteLine(rate.ToString("F0", CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>A broker that accepts one client and sends.</summary>
    private static double Source(int port, int qos, int messages)
    {
        using TcpListener listener = new(IPAddress.Loopback, port);
        listener.Start();
        using Socket socket = listener.AcceptSocket();
        socket.NoDelay = true;
        Greet(socket);
        long started = Stopwatch.GetTimestamp();
        Send(socket, qos, messages, () => long.MaxValue);
        double rate = messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
        socket.Shutdown(SocketShutdown.Send);
        Span<byte> rest = stackalloc byte[4096];
        while (socket.Receive(rest) > 0)
        {
            // Until the client has gone.
        }

        return rate;
    }

    private static double Publish(int port, int qos, int messages)
    {
        using Socket socket = Connect(port, $"publisher-{Environment.ProcessId}");
        long started = Stopwatch.GetTimestamp();
        Send(socket, qos, messages, () => long.MaxValue);

        // A ping after the last message: its answer says that all were taken.
        socket.Send([0xC0, 0]);
        ReadUntil(socket, PacketType.Pingresp);
        return messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Messages delivered a second, to all subscribers together; the slowest one sets the pace.</summary>
    private static double Through(int port, int qos, int messages, int count)
    {
        Socket[] subscribers = new Socket[count];
        for (int i = 0; i < count; i++)
        {
            subscribers[i] = Connect(port, $"subscriber-{i}");
            subscribers[i].Send([0x82, 6, 0, 1, 0, 1, (byte)'#', (byte)qos]);
            ReadUntil(subscribers[i], PacketType.Suback);
        }

        using Socket publisher = Connect(port, "publisher");
        long[] received = new long[count];
        long started = Stopwatch.GetTimestamp();
        Thread[] receiving = [.. subscribers.Select((subscriber, i) => new Thread(() => Receive(subscriber, messages, so => Volatile.Write(ref received[i], so))))];
        foreach (Thread thread in receiving)
        {
            thread.Start();
        }

        Send(publisher, qos, messages, () => received.Min() + OnTheWay);
        foreach (Thread thread in receiving)
        {
            thread.Join();
        }

        double rate = (double)messages * count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (Socket subscriber in subscribers)
        {
            subscriber.Dispose();
        }

        return rate;
    }

    /// <summary>Counts PUBLISH packets and acknowledges those of QoS 1, one write a read.</summary>
    private static void Receive(Socket socket, int messages, Action<long> progress)
    {
        byte[] buffer = new byte[256 * 1024];
        PacketBuffer acks = new();
        int end = 0;
        long count = 0;
        while (count < messages)
        {
            end += Receive(socket, buffer.AsSpan(end));
            int start = 0;
            while (Framing.TryRead(buffer.AsSpan(start, end - start), Framing.LargestPacket, out Frame frame))
            {
                start += frame.Length;
                if (frame.Type == PacketType.Publish)
                {
                    count++;
                    ushort id = PublishPacket.Decode(frame, MqttVersion.V311).PacketId;
                    if (id != 0)
                    {
                        AckPacket.Write(acks, MqttVersion.V311, PacketType.Puback, id);
                    }
                }
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            if (acks.Length > 0)
            {
                socket.Send(acks.Written);
                acks.Clear();
            }

            progress(count);
        }
    }

    private static void Send(Socket socket, int qos, int messages, Func<long> limit)
    {
        (byte[] Bytes, int[] Ids)[] chunks = [.. Enumerable.Range(0, Topics * 2 / ChunkPackets).Select(chunk => Encode(chunk, qos))];
        byte[] acks = new byte[64 * 1024];
        int ackBytes = 0;
        long acknowledged = 0;
        ushort id = 0;
        for (long sent = 0, turn = 0; sent < messages; turn++)
        {
            (byte[] bytes, int[] ids) = chunks[turn % chunks.Length];
            int count = (int)Math.Min(ChunkPackets, messages - sent);
            while (sent + count > limit())
            {
                Thread.Yield();
            }

            if (qos > 0)
            {
                while (sent + count - acknowledged > Window)
                {
                    ackBytes += Receive(socket, acks);
                    acknowledged = ackBytes / 4L;
                    if (acknowledged > 400_000_000)
                    {
                        throw new InvalidOperationException("too many messages for one run");
                    }
                }

                foreach (int position in ids)
                {
                    id = (ushort)(id == ushort.MaxValue ? 1 : id + 1);
                    (bytes[position], bytes[position + 1]) = ((byte)(id >> 8), (byte)id);
                }
            }

            socket.Send(bytes.AsSpan(0, bytes.Length / ChunkPackets * count));
            sent += count;
        }

        while (qos > 0 && ackBytes / 4L < messages)
        {
            ackBytes += Receive(socket, acks);
        }
    }

    /// <summary>Receives something; the broker must not close before the run is over.</summary>
    private static int Receive(Socket socket, Span<byte> buffer)
    {
        int count = socket.Receive(buffer);
        return count > 0 ? count : throw new IOException("the broker closed the connection");
    }

    private static (byte[] Bytes, int[] Ids) Encode(int chunk, int qos)
    {
        PacketBuffer buffer = new();
        int[] ids = new int[ChunkPackets];
        for (int i = 0; i < ChunkPackets; i++)
        {
            int topic = ((chunk * ChunkPackets) + i) % Topics;
            byte[] name = Encoding.UTF8.GetBytes($"plant/line-1/filler-{topic % 10}/value-{topic:D4}");
            byte[] payload = Encoding.UTF8.GetBytes($$"""{"t":"2026-03-01T12:00:00.{{topic:D3}}Z","v":{{20 + (topic / 1000.0):F3}},"q":192,"u":"bar"}""".PadRight(qos == 0 ? 120 : 118));
            PublishPacket.Write(buffer, MqttVersion.V311, qos << 1, name, 1, default, payload);
            ids[i] = buffer.Length - payload.Length - 2;
        }

        return (buffer.Written.ToArray(), ids);
    }

    private static Socket Connect(int port, string clientId)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        PacketBuffer buffer = new();
        new ConnectPacket { Version = MqttVersion.V311, ClientId = clientId, CleanStart = true }.Write(buffer);
        socket.Send(buffer.Written);
        ReadUntil(socket, PacketType.Connack);
        return socket;
    }

    /// <summary>Plays broker for CONNECT and SUBSCRIBE.</summary>
    private static void Greet(Socket socket)
    {
        byte[] buffer = new byte[4096];
        socket.Receive(buffer);
        socket.Send(buffer[8] == 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0]);
        socket.Receive(buffer);
        socket.Send([0x90, 3, buffer[2], buffer[3], 1]);
    }

    private static void ReadUntil(Socket socket, PacketType type)
    {
        byte[] buffer = new byte[64 * 1024];
        int end = 0;
        while (true)
        {
            end += Receive(socket, buffer.AsSpan(end));
            int start = 0;
            while (Framing.TryRead(buffer.AsSpan(start, end - start), Framing.LargestPacket, out Frame frame))
            {
                start += frame.Length;
                if (frame.Type == type)
                {
                    return;
                }
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
        }
    }
}
