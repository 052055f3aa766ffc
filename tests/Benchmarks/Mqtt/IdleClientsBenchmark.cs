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

    /// <summary>
    /// Seconds of pings before anything is measured: the runtime compiles a method for good after thirty calls, and what runs once
    /// a second has had them only then. A broker is idle for hours, so its compiler is not what idle clients cost.
    /// </summary>
    private const int WarmUp = 45;

    /// <summary>
    /// Connects clients with one subscription each, and lets each ping once a keep-alive interval, evenly spread. The clients live
    /// in this process; memory and CPU time are those of the broker's process alone, the latter after a warm-up.
    /// </summary>
    public static async Task RunAsync(int clients, int seconds, int keepAlive, CancellationToken cancellationToken)
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

            int earlier = await PingAsync(sockets, 0, WarmUp, keepAlive, cancellationToken);
            TimeSpan cpu = broker.Cpu;
            long started = Stopwatch.GetTimestamp();
            int pings = await PingAsync(sockets, earlier, seconds, keepAlive, cancellationToken);
            TimeSpan spent = broker.Cpu - cpu;
            double share = spent / Stopwatch.GetElapsedTime(started);
            Figures.Print(string.Create(
                CultureInfo.InvariantCulture,
                $"{broker.Name}: a ping of each every {keepAlive} s costs {share * 100:F2} % of a core, everything that runs included; {spent.TotalMicroseconds / pings:F0} µs a ping"));
            foreach (Socket socket in sockets)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Pings clients in turn for some seconds, going on after the first so many; returns how many.</summary>
    private static async Task<int> PingAsync(Socket[] sockets, int first, int seconds, int keepAlive, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        byte[] answer = new byte[16];
        int pings = 0;
        long started = Stopwatch.GetTimestamp();
        TimeSpan elapsed = TimeSpan.Zero;
        while (elapsed.TotalSeconds < seconds && await timer.WaitForNextTickAsync(cancellationToken))
        {
            elapsed = Stopwatch.GetElapsedTime(started);
            for (int due = (int)(elapsed.TotalSeconds * sockets.Length / keepAlive); pings < due; pings++)
            {
                Socket socket = sockets[(first + pings) % sockets.Length];
                socket.Send([0xC0, 0]);
                socket.Receive(answer);
            }
        }

        return pings;
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
