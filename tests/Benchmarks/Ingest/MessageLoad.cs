using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>What a load came to.</summary>
/// <param name="Acknowledged">Messages acknowledged.</param>
/// <param name="Seconds">From the first message to the last acknowledgement.</param>
/// <param name="P50">Milliseconds from send to acknowledgement, median of a sample.</param>
/// <param name="P99">The same, 99th percentile.</param>
/// <param name="CpuSeconds">CPU time of the load itself.</param>
internal sealed record LoadResult(long Acknowledged, double Seconds, double P50, double P99, double CpuSeconds);

/// <summary>
/// Machines that publish at QoS 1 over blocking sockets, in a process of its own: four numbers and the time of sending a
/// message, laid out beforehand and patched, so that the load costs little beside what is measured.
/// </summary>
internal static class MessageLoad
{
    /// <summary>Machines of the plant; each is one series of four fields.</summary>
    public const int Machines = 1000;

    private const int Connections = 4;
    private const int Window = 1000;
    private const int Chunk = 100;
    private const string TimeText = "2000-01-01T00:00:00.000Z";

    /// <summary>Starts the load as a process.</summary>
    /// <param name="port">Port of the broker.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="rate">Messages a second altogether; 0 = as fast as they are acknowledged.</param>
    public static Process Start(int port, int seconds, int rate)
    {
        string[] arguments = ["ingest-load", "--port", Text(port), "--seconds", Text(seconds), "--rate", Text(rate)];
        string program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments = [typeof(MessageLoad).Assembly.Location, .. arguments];
        }

        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Runs a load to its end.</summary>
    public static async Task<LoadResult> RunAsync(int port, int seconds, int rate, CancellationToken cancellationToken) =>
        await ResultAsync(Start(port, seconds, rate), cancellationToken);

    /// <summary>Waits for the end of a load that was started.</summary>
    public static async Task<LoadResult> ResultAsync(Process load, CancellationToken cancellationToken)
    {
        using (load)
        {
            string output = await load.StandardOutput.ReadToEndAsync(cancellationToken);
            await load.WaitForExitAsync(cancellationToken);
            return JsonSerializer.Deserialize<LoadResult>(output) ?? throw new InvalidOperationException("the load said nothing");
        }
    }

    /// <summary>The load itself; prints its result.</summary>
    public static Task WorkAsync(int port, int seconds, int rate)
    {
        long started = Stopwatch.GetTimestamp();
        Connection[] connections = [.. Enumerable.Range(0, Connections).Select(index => new Connection(port, index, seconds, rate / (double)Connections))];
        Thread[] threads = [.. connections.Select(connection => new Thread(connection.Run))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Array.ForEach(connections, connection => connection.Dispose());
        double[] waits = [.. connections.SelectMany(connection => connection.Milliseconds).Order()];
        LoadResult result = new(
            connections.Sum(connection => connection.Acknowledged),
            elapsed,
            waits.Length == 0 ? 0 : waits[waits.Length / 2],
            waits.Length == 0 ? 0 : waits[(int)(waits.Length * 0.99)],
            Environment.CpuUsage.TotalTime.TotalSeconds);
        Console.WriteLine(JsonSerializer.Serialize(result));
        return Task.CompletedTask;
    }

    private sealed class Connection : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly Packet[] _packets;
        private readonly int _seconds;
        private readonly double _rate;
        private readonly Queue<(long Sequence, long Sent)> _sampled = new();
        private readonly byte[] _acks = new byte[64 << 10];
        private long _ackBytes;

        public Connection(int port, int index, int seconds, double rate)
        {
            _seconds = seconds;
            _rate = rate;
            _packets = [.. Enumerable.Range(0, Machines).Where(machine => machine % Connections == index).Select(machine => new Packet(machine))];
            _socket.Connect(IPAddress.Loopback, port);
            PacketBuffer connect = new();
            new ConnectPacket { Version = MqttVersion.V311, ClientId = string.Create(CultureInfo.InvariantCulture, $"load{index}-{Environment.ProcessId}"), CleanStart = true }.Write(connect);
            _socket.Send(connect.Written);
            for (int read = 0; read < 4;)
            {
                read += _socket.Receive(_acks.AsSpan(0, 4 - read));
            }
        }

        public long Acknowledged => _ackBytes / 4;

        public List<double> Milliseconds { get; } = [];

        public void Run()
        {
            byte[] buffer = new byte[Chunk * 256];
            long started = Stopwatch.GetTimestamp();
            long sent = 0;
            while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed.TotalSeconds < _seconds)
            {
                int count = _rate == 0 ? Chunk : (int)Math.Min(Chunk, (elapsed.TotalSeconds * _rate) - sent);
                count = (int)Math.Min(count, Window - (sent - Acknowledged));
                if (count < 1)
                {
                    if (_socket.Poll(TimeSpan.FromMilliseconds(1), SelectMode.SelectRead))
                    {
                        ReadAcknowledgements();
                    }

                    continue;
                }

                DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
                int length = 0;
                for (int i = 0; i < count; i++)
                {
                    length += _packets[(sent + i) % _packets.Length].Write(buffer.AsSpan(length), (ushort)(((sent + i) % 65535) + 1), now);
                }

                _sampled.Enqueue((sent + count, Stopwatch.GetTimestamp()));
                _socket.Send(buffer.AsSpan(0, length));
                sent += count;
                if (_socket.Available > 0 || sent - Acknowledged >= Window)
                {
                    ReadAcknowledgements();
                }
            }

            while (Acknowledged < sent)
            {
                ReadAcknowledgements();
            }
        }

        public void Dispose() => _socket.Dispose();

        private void ReadAcknowledgements()
        {
            int read = _socket.Receive(_acks);
            if (read == 0)
            {
                throw new IOException("the broker closed the connection");
            }

            _ackBytes += read;
            while (_sampled.TryPeek(out (long Sequence, long Sent) sample) && sample.Sequence <= Acknowledged)
            {
                _sampled.Dequeue();
                Milliseconds.Add(Stopwatch.GetElapsedTime(sample.Sent).TotalMilliseconds);
            }
        }
    }

    /// <summary>One machine's PUBLISH, of which packet id, time and first value change from one to the next.</summary>
    private sealed class Packet
    {
        private readonly byte[] _bytes;
        private readonly int _id;
        private readonly int _time;
        private readonly int _value;
        private DateTime _last;
        private int _count;

        public Packet(int machine)
        {
            byte[] topic = Encoding.UTF8.GetBytes(IngestPlant.Topic(machine));
            byte[] payload = Encoding.UTF8.GetBytes($$$"""{"ts":"{{{TimeText}}}","values":{"s0":3.000,"s1":{{{20 + (machine % 10)}}}.5,"s2":{{{400 + (machine % 7)}}},"s3":0.125}}""");
            PacketBuffer buffer = new();
            PublishPacket.Write(buffer, MqttVersion.V311, 1 << 1, topic, 1, default, payload);
            _bytes = buffer.Written.ToArray();
            int start = _bytes.Length - payload.Length;
            _id = start - 2;
            _time = start + payload.AsSpan().IndexOf("2000-"u8);
            _value = start + payload.AsSpan().IndexOf("3.000"u8) + 2;
        }

        public int Write(Span<byte> target, ushort id, DateTime now)
        {
            // Every message of a machine has a time of its own, to the millisecond.
            _last = now > _last.AddMilliseconds(1) ? now : _last.AddMilliseconds(1);
            (_bytes[_id], _bytes[_id + 1]) = ((byte)(id >> 8), (byte)id);
            _last.TryFormat(_bytes.AsSpan(_time), out _, "yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
            (_count++ % 1000).TryFormat(_bytes.AsSpan(_value), out _, "000", CultureInfo.InvariantCulture);
            _bytes.CopyTo(target);
            return _bytes.Length;
        }
    }
}
