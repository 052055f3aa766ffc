namespace Linewatch.Tests.Servers;

/// <summary>An <c>influxd</c> 1.x.</summary>
public sealed class Influxd : RestartableServer
{
    private readonly string _program;
    private readonly string _host;

    private Influxd(string program, string host)
    {
        _program = program;
        _host = host;
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
              bind-address = "{(host == "127.0.0.1" ? host : "0.0.0.0")}:{Port}"
              log-enabled = false
            [monitor]
              store-enabled = false

            """);
    }

    /// <summary>Address of the HTTP API.</summary>
    public Uri Address => new($"http://{_host}:{Port}/");

    /// <summary>Starts one; skips the test where influxd is not installed.</summary>
    /// <param name="host">Address of this machine at which it is reached, besides 127.0.0.1.</param>
    public static async Task<Influxd> StartAsync(string host = "127.0.0.1")
    {
        Influxd server = new(Tool.Require("influxd"), host);
        await server.StartAgainAsync();
        return server;
    }

    /// <inheritdoc/>
    protected override ServerProcess Launch() => new(_program, ["-config", Folder["influxdb.conf"]]);
}
