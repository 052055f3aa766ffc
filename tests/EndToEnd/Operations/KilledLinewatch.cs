using System.Globalization;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Operations;

/// <summary>
/// The product in a process of its own that a test drives by API and MQTT and kills with −9 at every step: the step is sent
/// and the process dies at once, perhaps before, perhaps after its effect. After the restart the step is sent again only if
/// its effect is not there, as a person or a program would.
/// </summary>
internal sealed class KilledLinewatch : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _port = Text(Loopback.FreePort());
    private readonly string _mqttPort = Text(Loopback.FreePort());
    private readonly string _plant;
    private readonly Dictionary<string, string> _environment;
    private LinewatchProcess? _process;
    private CancellationTokenSource _alive = new();

    /// <param name="plantYaml">The plant.</param>
    /// <param name="settings">Settings by key, for instance <c>Operations:Cmms:Channel</c>.</param>
    public KilledLinewatch(string plantYaml, IReadOnlyDictionary<string, string>? settings = null)
    {
        _plant = _folder["plant.yaml"];
        File.WriteAllText(_plant, plantYaml);
        _environment = (settings ?? new Dictionary<string, string>()).ToDictionary(
            setting => "LINEWATCH__" + setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        Http = LinewatchProcess.Api(int.Parse(_port, CultureInfo.InvariantCulture));
    }

    /// <summary>A client of the API.</summary>
    public HttpClient Http { get; }

    /// <summary>A plant of one line, filler and packer with PackML states.</summary>
    public static string Plant(string shifts = "") => $$"""
        plant: Killed plant
        site: lab
        timeZone: UTC
        {{shifts}}
        sources:
          - name: machines
            topic: "{site}/{area}/{line}/{machine}/data"
            decoder: json
            options: { time: /ts, timeFormat: iso8601, values: /values }
        lines:
          - id: line1
            name: Line 1
            area: hall1
            criticalMachine: filler
            countingMachine: packer
            machines:
              - id: filler
                name: Filler
                kind: filler
                designRate: 36000/h
                states: packml
                signals:
                  - { id: state, name: State, role: state }
                  - { id: hours, name: Running hours, role: meter, unit: h }
              - id: packer
                name: Packer
                kind: packer
                states: packml
                signals:
                  - { id: state, name: State, role: state }
            conveyors:
              - { from: filler, to: packer, capacity: 1 min, transport: 10 s }
        """;

    /// <summary>Starts it, again after a kill; returns once the API answers.</summary>
    public async Task StartAsync()
    {
        _alive = new CancellationTokenSource();
        _process = LinewatchProcess.Start(
            ["serve", "--plant", _plant, "--data", _folder["data"], "--port", _port, "--mqtt-port", _mqttPort], _environment);
        await UntilAsync("status", _ => true);
    }

    /// <summary>kill −9.</summary>
    public async Task KillAsync()
    {
        await _process!.DisposeAsync();
        _process = null;

        // A client that is in the middle of something would wait for the broker for ever.
        await _alive.CancelAsync();
        _alive.Dispose();
    }

    /// <summary>Sends a step, kills the process at once, starts it again, and sees to it that the step has had its effect.</summary>
    public async Task StepAsync(Func<Task> send, Func<Task<bool>> isDone)
    {
        Task sent = send();
        await KillAsync();
        await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await StartAsync();
        if (!await isDone())
        {
            await send();
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        while (!await isDone())
        {
            await poll.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>The JSON that an address answers with.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Posts a change; fails the test when it is refused.</summary>
    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Asks until the answer is as expected; fails the test when the process ends or takes too long.</summary>
    public Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> condition, TimeSpan? limit = null) =>
        _process!.UntilAsync(Http, path, condition, limit);

    /// <summary>Publishes values of a machine at QoS 1; returns once they are acknowledged, which is once they are on disk.</summary>
    public async Task PublishAsync(string machine, DateTime eventTime, string values)
    {
        await using MqttClient client = await ConnectAsync();
        string payload = $$$"""{"ts":"{{{eventTime:O}}}","values":{{{{values}}}}}""";
        await client.PublishAsync($"lab/hall1/line1/{machine}/data", Encoding.UTF8.GetBytes(payload), MqttQoS.AtLeastOnce, retain: false, _alive.Token);
    }

    /// <summary>A client of its broker.</summary>
    public async Task<MqttClient> ConnectAsync()
    {
        MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = int.Parse(_mqttPort, CultureInfo.InvariantCulture) });
        await client.ConnectAsync(_alive.Token);
        return client;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        Http.Dispose();
        _folder.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
