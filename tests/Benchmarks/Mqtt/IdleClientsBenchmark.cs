using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>What idle clients cost the broker.</summary>
public static class IdleClientsBenchmark
{
    /// <summary>Connects clients with one subscription each from this process, by sockets without any buffers of ours, and lets them ping.</summary>
    public static async Task RunAsync(int clients, int seconds, CancellationToken cancellationToken)
    {
        await using MqttBrokerHost broker = await MqttBrokerHost.StartAsync(new MqttBrokerOptions());
        Socket[] sockets = new Socket[clients];

        // The clients' sockets live in this process too: their managed memory is measured first, alone.
        await ConnectAsync(broker.Port, sockets.AsMemory(0, Math.Min(100, clients)), 0, cancellationToken);
        long before = Resident();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        await ConnectAsync(broker.Port, sockets.AsMemory(Math.Min(100, clients)), 100, cancellationToken);
        int added = clients - Math.Min(100, clients);
        long managedAfter = GC.GetTotalMemory(forceFullCollection: true);
        long after = Resident();
        Figures.Print(string.Create(CultureInfo.InvariantCulture,
            $"{broker.Broker.ConnectedClients} clients: {(managedAfter - managed) / 1024.0 / added:F1} KiB managed, {(after - before) / 1024.0 / added:F1} KiB resident each, with the client's end of the socket"));

        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        int turn = 0;
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        byte[] answer = new byte[16];
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds && await timer.WaitForNextTickAsync(cancellationToken))
        {
            // Each client pings every ten seconds.
            for (int i = 0; i < Math.Max(1, clients / 1000); i++)
            {
                Socket socket = sockets[turn++ % clients];
                socket.Send([0xC0, 0]);
                socket.Receive(answer);
            }
        }

        double share = (Process.GetCurrentProcess().TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(started);
        Figures.Print(string.Create(CultureInfo.InvariantCulture, $"keep-alive: {share * 100:F1} % of a core, broker and clients together"));
        foreach (Socket socket in sockets)
        {
            socket.Dispose();
        }
    }

    private static async Task ConnectAsync(int port, Memory<Socket> sockets, int first, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[256];
        for (int i = 0; i < sockets.Length; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            string id = (first + i).ToString("D6", CultureInfo.InvariantCulture);
            socket.Send([0x10, 18, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60, 0, 6, .. System.Text.Encoding.ASCII.GetBytes(id)]);
            socket.Receive(buffer);
            socket.Send([0x82, 13, 0, 1, 0, 8, (byte)'i', (byte)'/', .. System.Text.Encoding.ASCII.GetBytes(id), 0]);
            socket.Receive(buffer);
            sockets.Span[i] = socket;
        }
    }

    private static long Resident() => Process.GetCurrentProcess().WorkingSet64;
}
