using System.Globalization;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Tests.EndToEnd.MainPath;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Ingest;

/// <summary><c>linewatch journal</c>, <c>export</c> and <c>import</c> on what a running Linewatch has received.</summary>
public sealed class CommandTests : IDisposable
{
    private static readonly string PlantFile = Path.Combine(Tool.Repository, "tests/testdata/mainpath/plant.yaml");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Journal_is_shown_and_readings_are_exported_while_it_runs_and_imported_elsewhere_bit_by_bit()
    {
        int port = Loopback.FreePort();
        int mqttPort = Loopback.FreePort();
        string data = _folder["data"];
        await using (LinewatchProcess linewatch = LinewatchProcess.Start(
            ["serve", "--plant", PlantFile, "--data", data, "--port", Text(port), "--mqtt-port", Text(mqttPort)]))
        {
            using HttpClient api = LinewatchProcess.Api(port);
            await linewatch.UntilAsync(api, "status", _ => true);
            await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = mqttPort });
            await client.ConnectAsync(default);
            for (int i = 0; i < 100; i++)
            {
                await client.PublishAsync("lab/hall1/bench/pump/data", Encoding.UTF8.GetBytes(Message(i)), MqttQoS.AtLeastOnce, retain: false, default);
            }

            await linewatch.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "stored") == 100);
            await ExpectAsync(0, "100 messages", "journal", "info", Path.Combine(data, "journal"));
            await ExpectAsync(0, "0 faults", "journal", "verify", Path.Combine(data, "journal"));
            string[] dumped = (await ExpectAsync(0, "", "journal", "dump", Path.Combine(data, "journal"), "--topic", "lab/+/bench/#", "--limit", "7")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(Enumerable.Range(0, 7).Select(Message), dumped.Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("payload").GetString()));

            await ExpectAsync(0, "100 readings of 1 signals", "export", _folder["all.csv"], "--plant", PlantFile, "--data", data, "--signal", "lab/hall1/bench/pump/pressure");
            await ExpectAsync(0, "10 readings", "export", _folder["some.lp"], "--plant", PlantFile, "--data", data, "--signal", "*/pressure", "--from", "2026-11-20T10:00:10Z", "--to", "2026-11-20T10:00:20Z");
            await ExpectAsync(1, "stop it, import", "import", _folder["all.csv"], "--plant", PlantFile, "--data", data);
        }

        string other = _folder["other"];
        await ExpectAsync(0, "100 readings stored", "import", _folder["all.csv"], "--plant", PlantFile, "--data", other);
        await ExpectAsync(0, "10 readings stored", "import", _folder["some.lp"], "--plant", PlantFile, "--data", other);
        await ExpectAsync(0, "100 readings", "export", _folder["again.csv"], "--plant", PlantFile, "--data", other);
        Assert.Equal(await File.ReadAllTextAsync(_folder["all.csv"]), await File.ReadAllTextAsync(_folder["again.csv"]));
    }

    [Fact]
    public async Task Damaged_journal_and_wrong_rows_are_named_and_exit_2()
    {
        await ExpectAsync(2, "no-such-folder", "journal", "info", _folder["no-such-folder"]);
        await ExpectAsync(2, "--topic", "journal", "dump", "--topic", "a#");
        await ExpectAsync(2, "no-such.csv", "import", _folder["no-such.csv"], "--plant", PlantFile, "--data", _folder["data"]);
        await ExpectAsync(2, "no such signal", "export", _folder["x.csv"], "--plant", PlantFile, "--data", _folder["data"], "--signal", "nobody");
        await ExpectAsync(2, "--from", "export", _folder["x.csv"], "--from", "yesterday");
        await File.WriteAllTextAsync(_folder["bad.csv"], "signal,event_time,value,text\nlab/hall1/bench/pump/pressure,2026-11-22T10:00:00Z,1,\nlab/hall1/bench/pump/pressure,noon,1,\n");
        await ExpectAsync(2, "line 3", "import", _folder["bad.csv"], "--plant", PlantFile, "--data", _folder["data"]);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> ExpectAsync(int exitCode, string text, params string[] arguments)
    {
        (int actual, string output) = await LinewatchProcess.RunAsync(arguments);
        Assert.True(exitCode == actual, $"{string.Join(' ', arguments)} returned {actual}:\n{output}");
        Assert.Contains(text, output, StringComparison.Ordinal);
        return output;
    }

    private static string Message(int number) => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"ts":"{{{new DateTime(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc).AddSeconds(number):O}}}","values":{"pressure":{{{number / 7.0:R}}}}}""");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
