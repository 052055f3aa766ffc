using System.Globalization;
using System.Text.Json;
using Linewatch.Tests.EndToEnd.MainPath;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Chaos;

/// <summary>
/// Publishers → (mosquitto →) linewatch → influxd or SQLite, each a process of its own that can be killed and started again on
/// the same ports and folders; and the reckoning afterwards.
/// </summary>
internal sealed class ChaosPlant : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _mqttPort = Loopback.FreePort();
    private readonly string? _data;
    private ServerProcess? _linewatch;
    private string[]? _exported;

    public ChaosPlant(string? data = null) => _data = data;

    public Mosquitto? Mosquitto { get; init; }

    public Influxd? Influx { get; init; }

    public NetworkNamespace? Network { get; init; }

    /// <summary>Port of Linewatch's API; the same over every restart.</summary>
    public int Port { get; } = Loopback.FreePort();

    /// <summary>What the publishers send, as a source of the plant file.</summary>
    public const string Source = """{ name: machines, topic: "{site}/{area}/{line}/{machine}/data", decoder: json, options: { time: /ts, timeFormat: iso8601, values: /values } }""";

    /// <summary>What each of their machines has, as signals of the plant file.</summary>
    public const string X = "[{ id: x }]";

    /// <summary>The plant file at the start.</summary>
    public string PlantYaml { get; init; } = PlantText(Source, [.. Enumerable.Repeat(X, Publishers.Machines)]);

    public ServerProcess Linewatch => _linewatch ?? throw new InvalidOperationException("linewatch is not running");

    private string Data => _data ?? _folder["data"];

    private string Host => Network is { } network ? network.Inside : "127.0.0.1";

    public Publishers Publish(int perBeat) => new("127.0.0.1", Mosquitto?.Port ?? _mqttPort, perBeat);

    /// <summary>Starts linewatch and waits until messages reach it: what a broker gets before the first subscription goes nowhere.</summary>
    public async Task StartAsync()
    {
        await ChangeAsync(PlantYaml);
        Launch();
        await UntilAsync("status", status => RecordedPlantTests.IsOk(status, "broker"), TimeSpan.FromMinutes(2));
    }

    /// <summary>A plant file with a machine for each list of signals.</summary>
    public static string PlantText(string source, params string[] machines) => $$"""
        plant: Chaos
        site: lab
        timeZone: UTC
        sources: [{{source}}]
        lines:
          - id: line
            area: hall
            machines:
        {{string.Concat(machines.Select((signals, machine) => $"      - {{ id: m{machine}, signals: {signals} }}\n"))}}
        """;

    /// <summary>Edits plant.yaml.</summary>
    public Task ChangeAsync(string text) => File.WriteAllTextAsync(_folder["plant.yaml"], text);

    /// <summary>kill −9 and start again at once.</summary>
    public async Task KillAsync()
    {
        await Linewatch.KillAsync();
        await Linewatch.DisposeAsync();
        Launch();
    }

    private void Launch()
    {
        List<string> arguments = [LinewatchProcess.Binary, "serve", "--plant", _folder["plant.yaml"], "--data", Data];
        Dictionary<string, string> settings = new()
        {
            ["LINEWATCH__WEB__URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://{Host}:{Port}"),
            ["LINEWATCH__STORAGE__RETENTIONDAYS"] = "0",
            ["LINEWATCH__LOGGING__LOGLEVEL__DEFAULT"] = "Warning",
        };
        if (Mosquitto is { } mosquitto)
        {
            arguments.AddRange(["--broker", string.Create(CultureInfo.InvariantCulture, $"{Network?.Outside ?? "127.0.0.1"}:{Network?.BrokerPort ?? mosquitto.Port}")]);
        }
        else
        {
            settings["LINEWATCH__MQTT__LISTEN"] = string.Create(CultureInfo.InvariantCulture, $"{Host}:{_mqttPort}");
        }

        if (Influx is { } influx)
        {
            settings["LINEWATCH__STORAGE__KIND"] = "influx";
            settings["LINEWATCH__STORAGE__URL"] = influx.Address.ToString();
            settings["LINEWATCH__STORAGE__TIMEOUTSECONDS"] = "5";
        }

        (string program, IEnumerable<string> all) = Network is { } ns ? ns.Wrap("dotnet", arguments) : ("dotnet", arguments);
        _linewatch = new ServerProcess(program, all, settings);
    }

    /// <summary>Waits until linewatch takes messages, or until it has taken what it is asked for.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> condition, TimeSpan limit)
    {
        using HttpClient api = new() { BaseAddress = new Uri($"http://{Host}:{Port}/api/v1/"), Timeout = TimeSpan.FromSeconds(10) };
        using CancellationTokenSource end = new(limit);
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(200));
        string last = "no answer";
        try
        {
            while (true)
            {
                try
                {
                    last = await api.GetStringAsync(new Uri(path, UriKind.Relative), end.Token);
                    if (JsonSerializer.Deserialize<JsonElement>(last) is var answer && condition(answer))
                    {
                        return answer;
                    }
                }
                catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !end.IsCancellationRequested)
                {
                    last = fault.Message;
                }

                await poll.WaitForNextTickAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{path} never answered as expected; last: {last}\n{_linewatch?.Output}");
        }
    }

    /// <summary>Lets everything come to rest and compares ledger, journal, store and balance.</summary>
    public async Task<Reckoning> ReckonAsync(string scenario, int blows, Publishers publishers)
    {
        await publishers.FinishAsync(TimeSpan.FromMinutes(5));

        // What the broker still holds is on its way while the count grows, and what is missing gets a long time to come.
        await UntilAsync("status", status => RecordedPlantTests.IsOk(status, "broker"), TimeSpan.FromMinutes(2));
        int received = -1;
        JsonElement balance = await UntilAsync("balance", _ => true, TimeSpan.FromMinutes(2));
        for (int quiet = 0; quiet < (RecordedPlantTests.Total(balance, "stored") >= publishers.Acknowledged ? 5 : 25); quiet++)
        {
            balance = await UntilAsync("balance", answer => RecordedPlantTests.Total(answer, "pending") == 0, TimeSpan.FromMinutes(5));
            quiet = RecordedPlantTests.Total(balance, "received") == received ? quiet : 0;
            received = RecordedPlantTests.Total(balance, "received");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        HashSet<(int Machine, int Number)> handedOver = await JournalAsync();
        Reckoning reckoning = new(scenario, blows, publishers.Acknowledged, RecordedPlantTests.Total(balance, "received"))
        {
            Duplicates = RecordedPlantTests.Total(balance, "duplicate"),
            BalanceDifference = RecordedPlantTests.Total(balance, "difference"),
            Quarantined = RecordedPlantTests.Total(balance, "quarantined"),
        };
        for (int machine = 0; machine < Publishers.Machines; machine++)
        {
            Dictionary<int, int> stored = [];
            foreach ((DateTime eventTime, double value) in await StoredPoints.ReadAsync(this, machine))
            {
                int number = (int)value;
                stored[number] = stored.GetValueOrDefault(number) + 1;
                reckoning.Wrong += Publishers.TimeOf(number) == eventTime ? 0 : 1;
            }

            reckoning.Stored += stored.Count;
            reckoning.Doubled += stored.Count(point => point.Value > 1);
            foreach (int number in publishers.Ledger(machine).Where(number => !stored.ContainsKey(number)))
            {
                if (handedOver.Contains((machine, number)) || Mosquitto is null)
                {
                    reckoning.Missing++;
                }
                else
                {
                    reckoning.LostByBroker++;
                }
            }
        }

        return reckoning;
    }

    public async ValueTask DisposeAsync()
    {
        if (_linewatch is not null)
        {
            await _linewatch.DisposeAsync();
        }

        if (Mosquitto is not null)
        {
            await Mosquitto.DisposeAsync();
        }

        if (Influx is not null)
        {
            await Influx.DisposeAsync();
        }

        Network?.Dispose();
        _folder.Dispose();
    }

    /// <summary>All readings as lines of CSV, exported by the product from its SQLite file once everything has come to rest.</summary>
    public async Task<IReadOnlyList<string>> ExportAsync()
    {
        if (_exported is null)
        {
            string file = _folder["readings.csv"];
            (int exitCode, string output) = await LinewatchProcess.RunAsync("export", file, "--plant", _folder["plant.yaml"], "--data", Data, "--signal", "lab/hall/line/*");
            Assert.True(exitCode == 0, output);
            _exported = await File.ReadAllLinesAsync(file);
        }

        return _exported;
    }

    /// <summary>Every message that was ever handed over; the runs are short enough for one segment of the journal, which is never freed.</summary>
    private async Task<HashSet<(int Machine, int Number)>> JournalAsync()
    {
        (int exitCode, string output) = await LinewatchProcess.RunAsync("journal", "dump", Path.Combine(Data, "journal"));
        Assert.True(exitCode == 0, output);
        HashSet<(int, int)> messages = [];
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            JsonElement message = JsonSerializer.Deserialize<JsonElement>(line);
            int machine = message.GetProperty("topic").GetString()![^6] - '0';
            JsonElement payload = JsonSerializer.Deserialize<JsonElement>(message.GetProperty("payload").GetString()!);
            messages.Add((machine, payload.GetProperty("values").GetProperty("x").GetInt32()));
        }

        return messages;
    }
}
