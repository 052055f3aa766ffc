namespace Linewatch.Tests.Servers;

/// <summary>A real server on a free loopback port, with a folder of its own so that it can be killed and started again.</summary>
public abstract class RestartableServer : IAsyncDisposable
{
    private ServerProcess? _process;

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; } = Loopback.FreePort();

    /// <summary>The running process.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException($"{GetType().Name} is not running");

    /// <summary>Where it keeps its configuration and data.</summary>
    protected TemporaryFolder Folder { get; } = new();

    /// <summary>Starts the process again on the same port and folder after a kill.</summary>
    public async Task StartAgainAsync()
    {
        _process = Launch();
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

        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the program.</summary>
    protected abstract ServerProcess Launch();
}
