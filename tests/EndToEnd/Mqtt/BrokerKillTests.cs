using Linewatch.Tests.Benchmarks.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Mqtt;

/// <summary>A few kills of what <c>mqtt-kill</c> of the benchmarks does a hundred times.</summary>
public sealed class BrokerKillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task At_least_once_and_exactly_once_hold_over_kills()
    {
        int port = Loopback.FreePort();
        LinewatchProcess broker = await StartAsync(port);
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
            (bool held, string account) = await KillLoad.RunAsync(
                port,
                times: 4,
                async () =>
                {
                    await broker.KillAsync();
                    await broker.DisposeAsync();
                    broker = await StartAsync(port);
                },
                limit.Token);

            Assert.True(held, account);
        }
        finally
        {
            await broker.DisposeAsync();
        }
    }

    private async Task<LinewatchProcess> StartAsync(int port)
    {
        LinewatchProcess broker = LinewatchProcess.Start(["broker", "--port", $"{port}", "--data", _folder["data"], "--max-queued", "1000000"]);
        await Loopback.WaitForListenerAsync(port, broker.Process);
        return broker;
    }
}
