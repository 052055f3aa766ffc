namespace Linewatch.Tests.Servers;

/// <summary>An <c>influxd</c> 1.x on a free loopback port, with a folder of its own so that it can be killed and started again.</summary>
public sealed class Influxd : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _configuration;
    private readonly string _program;
    private ServerProcess? _process;

    private Influxd(string program)
    {
        _program = program;
        _configuration = _folder["influxdb.conf"];
        File.WriteAllText(_configuration, $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{Loopback.FreePort()}"
            [meta]
              dir = "{_folder["meta"]}"
            [data]
              dir = "{_folder["data"]}"
              wal-dir = "{_folder["wal"]}"
              query-log-enabled = false
            [http]
              bind-address = "127.0.0.1:{Port}"
              log-enabled = false
            [monitor]
              store-enabled = false

            """);
    }

    /// <summary>HTTP port on 127.0.0.1.</summary>
    public int Port { get; } = Loopback.FreePort();

    /// <summary>Address of the HTTP API.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>The running process.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("influxd is not running");

    /// <summary>Starts one; skips the test where influxd is not installed.</summary>
    public static async Task<Influxd> StartAsync()
    {
        Influxd server = new(Tool.Require("influxd"));
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts the process again on the same port and folder after a kill.</summary>
    public async Task StartAgainAsync()
    {
        _process = new ServerProcess(_program, ["-config", _configuration]);
        await Loopback.WaitForListenerAsync(Port, _process.Process);
    }

    /// <summary>kill −9.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }
}
