namespace Linewatch.Tests.Servers;

/// <summary>A <c>mosquitto</c> on a free loopback port, with a folder of its own so that it can be killed and started again.</summary>
public sealed class Mosquitto : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _configuration;
    private readonly string _program;
    private ServerProcess? _process;

    private Mosquitto(string program, string extraConfiguration)
    {
        _program = program;
        _configuration = _folder["mosquitto.conf"];
        File.WriteAllText(_configuration, $"""
            listener {Port} 127.0.0.1
            allow_anonymous true
            user root
            persistence true
            persistence_location {_folder.Path}/
            autosave_interval 1
            autosave_on_changes true
            max_queued_messages 0
            max_inflight_messages 0
            {extraConfiguration}

            """);
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; } = Loopback.FreePort();

    /// <summary>The running process.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("mosquitto is not running");

    /// <summary>Starts one; skips the test where mosquitto is not installed.</summary>
    public static async Task<Mosquitto> StartAsync(string extraConfiguration = "")
    {
        Mosquitto broker = new(Tool.Require("mosquitto"), extraConfiguration);
        await broker.StartAgainAsync();
        return broker;
    }

    /// <summary>Starts the process again on the same port and folder after a kill.</summary>
    public async Task StartAgainAsync()
    {
        _process = new ServerProcess(_program, ["-c", _configuration]);
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
