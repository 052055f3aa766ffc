using System.Diagnostics;
using System.Globalization;

namespace Linewatch.Tests.Servers;

/// <summary>
/// A PostgreSQL cluster of its own on a free loopback port. PostgreSQL refuses to run as root, so a root test runs it as
/// the <c>postgres</c> user that the Debian package makes.
/// </summary>
public sealed class Postgres : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _process;

    private Postgres()
    {
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; } = Loopback.FreePort();

    /// <summary>Npgsql connection string of the database <c>postgres</c>.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Include Error Detail=true";

    private string Data => _folder["data"];

    /// <summary>Starts one; skips the test where PostgreSQL is not installed.</summary>
    public static async Task<Postgres> StartAsync()
    {
        string initdb = Program("initdb");
        Postgres server = new();
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", server._folder.Path);
        }

        (string program, string[] arguments) = AsPostgres(initdb, "-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C");
        Run(program, arguments);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts the process again on the same port and folder after a kill.</summary>
    public async Task StartAgainAsync()
    {
        (string program, string[] arguments) = AsPostgres(
            Program("postgres"), "-D", Data, "-k", _folder.Path, "-p", Port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200");
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(200));
        for (int attempt = 1; ; attempt++)
        {
            _process = new ServerProcess(program, arguments);
            try
            {
                await Loopback.WaitForListenerAsync(Port, _process.Process);
                await WaitUntilReadyAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < 50)
            {
                // The killed server's children may still hold its shared memory for a moment.
                await _process.DisposeAsync();
                await pause.WaitForNextTickAsync();
            }
        }
    }

    /// <summary>It listens before it takes queries: "the database system is starting up".</summary>
    private async Task WaitUntilReadyAsync()
    {
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            using Process ready = Process.Start(new ProcessStartInfo(Program("pg_isready"), ["-q", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture)]))!;
            await ready.WaitForExitAsync();
            if (ready.ExitCode == 0)
            {
                return;
            }

            await pause.WaitForNextTickAsync();
        }
    }

    /// <summary>kill −9 of every process of the server.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    private static string Program(string name)
    {
        string? newest = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        string path = Path.Combine(newest ?? "", "bin", name);
        return File.Exists(path) ? path : Tool.Require(name);
    }

    private static (string Program, string[] Arguments) AsPostgres(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess ? ("runuser", ["-u", "postgres", "--", program, .. arguments]) : (program, arguments);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
        }
    }
}
