using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>What the loopback gives at most: sockets that are read and whose bytes are not looked at.</summary>
internal static class PlainReader
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Plays broker for some publishers of QoS 0, each on a thread of its own, and answers the ping at their end.</summary>
    public static async Task<double> FromPublishersAsync(int publishers, int messages, CancellationToken cancellationToken)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Process[] processes = [.. Enumerable.Range(0, publishers).Select(_ => MqttPeer.Start("publish", port, 0, messages))];
        Thread[] readers = new Thread[publishers];
        for (int i = 0; i < publishers; i++)
        {
            Socket socket = await listener.AcceptSocketAsync(cancellationToken);
            readers[i] = new Thread(() => Read(socket));
            readers[i].Start();
        }

        double[] rates = await Task.WhenAll(processes.Select(process => MqttPeer.RateOfAsync(process, cancellationToken)));
        foreach (Thread reader in readers)
        {
            reader.Join();
        }

        return rates.Sum();
    }

    /// <summary>Plays subscriber of a source that only sends.</summary>
    public static async Task<double> FromSourceAsync(int port, int messages, CancellationToken cancellationToken)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        while (!socket.Connected)
        {
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            }
        }

        byte[] buffer = new byte[BufferSize];
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

    private static void Read(Socket socket)
    {
        byte[] buffer = new byte[BufferSize];
        socket.Receive(buffer);
        socket.Send([0x20, 2, 0, 0]);
        while (true)
        {
            int count = socket.Receive(buffer);
            if (count == 0)
            {
                socket.Dispose();
                return;
            }

            // The payloads are text, so these two bytes are the ping.
            if (count >= 2 && buffer[count - 2] == 0xC0 && buffer[count - 1] == 0)
            {
                socket.Send([0xD0, 0]);
            }
        }
    }
}
