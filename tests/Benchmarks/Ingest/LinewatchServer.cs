using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>The product as a user runs it, in a process and folder of its own.</summary>
internal sealed class LinewatchServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ServerProcess _process;

    private LinewatchServer(TemporaryFolder folder, ServerProcess process, int port, int mqttPort)
    {
        _folder = folder;
        _process = process;
        MqttPort = mqttPort;
        Api = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/"), Timeout = TimeSpan.FromMinutes(1) };
    }

    public HttpClient Api { get; }

    /// <summary>Port of its own broker; unused where it subscribes to another.</summary>
    public int MqttPort { get; }

    public TimeSpan Cpu
    {
        get
        {
            _process.Process.Refresh();
            return _process.Process.TotalProcessorTime;
        }
    }

    /// <summary>Largest resident memory so far, bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Process.Refresh();
            return _process.Process.PeakWorkingSet64;
        }
    }

    /// <summary>Resident memory now, bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Process.Refresh();
            return _process.Process.WorkingSet64;
        }
    }

    /// <summary>Starts it and waits until its API answers and, where there is one, the plant's broker is reached.</summary>
    /// <param name="plant">Text of the plant file.</param>
    /// <param name="influx">Address of the database; null = SQLite.</param>
    /// <param name="brokerPort">Port of the plant's broker; null = machines connect to Linewatch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LinewatchServer> StartAsync(string plant, Uri? influx, int? brokerPort, CancellationToken cancellationToken)
    {
        string binary = Path.Combine(Tool.Repository, "dashboards/Server/bin/Release/net10.0/linewatch.dll");
        if (!File.Exists(binary))
        {
            throw new FileNotFoundException($"{binary} is missing; build it first: dotnet build -c Release dashboards/Server");
        }

        TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["plant.yaml"], plant, cancellationToken);
        int port = Loopback.FreePort();
        int mqttPort = Loopback.FreePort();
        List<string> arguments = [binary, "serve", "--plant", folder["plant.yaml"], "--data", folder["data"], "--port", Text(port)];
        arguments.AddRange(brokerPort is { } broker ? ["--broker", "127.0.0.1:" + Text(broker)] : ["--mqtt-port", Text(mqttPort)]);
        Dictionary<string, string> settings = new() { ["LINEWATCH__LOGGING__LOGLEVEL__DEFAULT"] = "Warning" };
        if (influx is not null)
        {
            settings["LINEWATCH__STORAGE__KIND"] = "influx";
            settings["LINEWATCH__STORAGE__URL"] = influx.ToString();
        }

        LinewatchServer server = new(folder, new ServerProcess("dotnet", arguments, settings), port, mqttPort);
        await server.UntilAsync("status", status => status.GetProperty("parts").EnumerateArray().All(part => part.GetProperty("part").GetString() != "broker" || part.GetProperty("isOk").GetBoolean()), cancellationToken);
        return server;
    }

    /// <summary>The totals of the balance.</summary>
    public async Task<(long Received, long Stored, long Pending, long Lost)> BalanceAsync(CancellationToken cancellationToken)
    {
        JsonElement totals = (await Api.GetFromJsonAsync<JsonElement>(new Uri("balance", UriKind.Relative), cancellationToken)).GetProperty("totals");
        return (Total("received"), Total("stored"), Total("pending"), Total("quarantined") + Total("difference"));

        long Total(string name) => totals.GetProperty(name).GetInt64();
    }

    /// <summary>Asks again and again until an answer is as wanted.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> condition, CancellationToken cancellationToken)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                JsonElement answer = await Api.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), cancellationToken);
                if (condition(answer))
                {
                    return answer;
                }
            }
            catch (HttpRequestException) when (!_process.Process.HasExited)
            {
                // Not up yet.
            }

            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Waits until everything received is stored; returns how long that took.</summary>
    public async Task<double> DrainAsync(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        await UntilAsync("balance", answer => answer.GetProperty("totals").GetProperty("pending").GetInt64() == 0, cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
