using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>What idle clients cost a broker in a process of its own: ours, then mosquitto.</summary>
public static class IdleClientsBenchmark
{
    /// <summary>Clients that connect before the memory is first looked at: what any first client brings along is not theirs.</summary>
    private const int First = 200;

    /// <summary>Connects clients with one subscription each, and lets each ping every ten seconds.</summary>
    public static async Task RunAsync(int clients, int seconds, CancellationToken cancellationToken)
    {
        await foreach (BrokerProcess broker in BrokerProcess.BothAsync())
        {
            Socket[] sockets = new Socket[clients];
            int first = Math.Min(First, clients / 2);
            await ConnectAsync(broker.Port, sockets, 0, first, cancellationToken);
            double before = broker.ResidentKiB;
            await ConnectAsync(broker.Port, sockets, first, clients, cancellationToken);
            double after = broker.ResidentKiB;
            Figures.Print(string.Create(CultureInfo.InvariantCulture, $"{broker.Name}: {clients} idle clients, {(after - before) / (clients - first):F1} KiB resident each"));

            TimeSpan cpu = broker.Cpu;
            long started = Stopwatch.GetTimestamp();
            await PingAsync(sockets, seconds, cancellationToken);
            double share = (broker.Cpu - cpu) / Stopwatch.GetElapsedTime(started);
            Figures.Print(string.Create(CultureInfo.InvariantCulture, $"{broker.Name}: keep-alive costs {share * 100:F2} % of a core"));
            foreach (Socket socket in sockets)
            {
                socket.Dispose();
            }
        }
    }

    private static async Task PingAsync(Socket[] sockets, int seconds, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        byte[] answer = new byte[16];
        int turn = 0;
        for (int tick = 0; tick < seconds * 100 && await timer.WaitForNextTickAsync(cancellationToken); tick++)
        {
            for (int i = 0; i < Math.Max(1, sockets.Length / 1000); i++)
            {
                Socket socket = sockets[turn++ % sockets.Length];
                socket.Send([0xC0, 0]);
                socket.Receive(answer);
            }
        }
    }

    private static async Task ConnectAsync(int port, Socket[] sockets, int from, int to, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[256];
        for (int i = from; i < to; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            byte[] id = Encoding.ASCII.GetBytes(i.ToString("D6", CultureInfo.InvariantCulture));
            socket.Send([0x10, 18, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60, 0, 6, .. id]);
            socket.Receive(buffer);
            socket.Send([0x82, 13, 0, 1, 0, 8, (byte)'i', (byte)'/', .. id, 0]);
            socket.Receive(buffer);
            sockets[i] = socket;
        }
    }
}
