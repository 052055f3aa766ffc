using System.Diagnostics;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>At-least-once and exactly-once over a broker that is killed (−9) while publisher and subscriber work.</summary>
public static class KillRun
{
    /// <summary>Runs; the exit code is 1 when a promise was broken.</summary>
    /// <param name="times">How often the broker is killed.</param>
    /// <param name="mosquitto">Kill mosquitto instead of our broker; it writes to disk a second later, so it may lose what it acknowledged.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<int> RunAsync(int times, bool mosquitto, CancellationToken cancellationToken)
    {
        (bool held, string account) = mosquitto ? await MosquittoAsync(times, cancellationToken) : await OwnAsync(times, cancellationToken);
        Figures.Print(account);
        return held ? 0 : 1;
    }

    private static async Task<(bool Held, string Account)> OwnAsync(int times, CancellationToken cancellationToken)
    {
        using TemporaryFolder folder = new();
        int port = Loopback.FreePort();
        Process broker = await StartAsync(port, folder["broker"]);
        try
        {
            return await KillLoad.RunAsync(
                port,
                times,
                async () =>
                {
                    broker.Kill();
                    await broker.WaitForExitAsync(cancellationToken);
                    broker.Dispose();
                    broker = await StartAsync(port, folder["broker"]);
                },
                cancellationToken);
        }
        finally
        {
            broker.Kill();
            broker.Dispose();
        }
    }

    private static async Task<(bool Held, string Account)> MosquittoAsync(int times, CancellationToken cancellationToken)
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        return await KillLoad.RunAsync(
            broker.Port,
            times,
            async () =>
            {
                await broker.KillAsync();
                await broker.StartAgainAsync();
            },
            cancellationToken);
    }

    private static async Task<Process> StartAsync(int port, string folder)
    {
        Process broker = MqttPeer.Start("broker", port, 0, 0, folder);
        await Loopback.WaitForListenerAsync(port, broker);
        return broker;
    }
}
