using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>
/// A <c>victoria-metrics</c> on a free loopback port: a real server that answers <c>/api/v2/write</c>. It stores numbers only,
/// answers 204 even to malformed lines and speaks no InfluxQL: fit for path, token, gzip and counts.
/// </summary>
internal sealed class VictoriaMetrics : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServerProcess _process;

    private VictoriaMetrics(string program)
    {
        Address = new Uri($"http://127.0.0.1:{Port}/");
        _process = new ServerProcess(program, [$"-httpListenAddr=127.0.0.1:{Port}", $"-storageDataPath={_folder["data"]}", "-retentionPeriod=100y", "-search.latencyOffset=0s"]);
    }

    public int Port { get; } = Loopback.FreePort();

    public Uri Address { get; }

    public static async Task<VictoriaMetrics> StartAsync()
    {
        VictoriaMetrics server = new(Tool.Require("victoria-metrics"));
        await Loopback.WaitForListenerAsync(server.Port, server._process.Process);
        return server;
    }

    /// <summary>Every stored sample as a line of JSON, one a series.</summary>
    public async Task<string> ExportAsync()
    {
        using HttpClient client = new() { BaseAddress = Address };
        await client.GetAsync(new Uri("internal/force_flush", UriKind.Relative));
        return await client.GetStringAsync(new Uri("api/v1/export?match[]={__name__!=%22%22}", UriKind.Relative));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
