namespace Linewatch.Tests.Servers;

/// <summary>An <c>influxd</c> 1.x.</summary>
public sealed class Influxd : RestartableServer
{
    private readonly string _program;

    private Influxd(string program)
    {
        _program = program;
        File.WriteAllText(Folder["influxdb.conf"], $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{Loopback.FreePort()}"
            [meta]
              dir = "{Folder["meta"]}"
            [data]
              dir = "{Folder["data"]}"
              wal-dir = "{Folder["wal"]}"
              query-log-enabled = false
            [http]
              bind-address = "127.0.0.1:{Port}"
              log-enabled = false
            [monitor]
              store-enabled = false

            """);
    }

    /// <summary>Address of the HTTP API.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>Starts one; skips the test where influxd is not installed.</summary>
    public static async Task<Influxd> StartAsync()
    {
        Influxd server = new(Tool.Require("influxd"));
        await server.StartAgainAsync();
        return server;
    }

    /// <inheritdoc/>
    protected override ServerProcess Launch() => new(_program, ["-config", Folder["influxdb.conf"]]);
}
