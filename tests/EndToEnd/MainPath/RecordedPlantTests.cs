using System.Globalization;
using System.Text.Json;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.MainPath;

/// <summary>The main job on real input: recordings → mosquitto → linewatch → influxd, each a process of its own.</summary>
public sealed class RecordedPlantTests
{
    private static readonly string PlantFile = Path.Combine(Tool.Repository, "tests/testdata/mainpath/plant.yaml");

    [SkippableFact]
    public async Task Recordings_are_in_influx_exactly_once_and_the_failure_is_flagged()
    {
        string pump = Tool.RequireShared("data/skab/valve1/0.csv");
        string furnace = Tool.RequireShared("data/nab/data/realKnownCause/machine_temperature_system_failure.csv");
        await using Mosquitto mosquitto = await Mosquitto.StartAsync();
        await using Influxd influx = await Influxd.StartAsync();
        using TemporaryFolder folder = new();
        int port = Loopback.FreePort();
        await using LinewatchProcess linewatch = LinewatchProcess.Start(
            ["serve", "--plant", PlantFile, "--broker", $"127.0.0.1:{mosquitto.Port}", "--port", Text(port), "--data", folder["data"]],
            Influx(influx));
        using HttpClient api = LinewatchProcess.Api(port);
        await linewatch.UntilAsync(api, "status", status => IsOk(status, "broker"));

        await ReplayAsync(pump, mosquitto, "lab/hall1/bench/pump/data", "--skip", "anomaly", "--skip", "changepoint");
        await ReplayAsync(furnace, mosquitto, "lab/hall1/heat/furnace/data", "--column", "value=temperature");

        int rows = Rows(pump).Count + Rows(furnace).Count;
        JsonElement balance = await linewatch.UntilAsync(api, "balance", answer => Total(answer, "stored") + Total(answer, "duplicate") + Total(answer, "quarantined") >= rows);
        Assert.Equal((rows, 0, 0), (Total(balance, "stored"), Total(balance, "duplicate"), Total(balance, "quarantined")));
        await AssertStoredAsync(influx, pump, ';', "pump", [.. Header(pump, ';').Skip(1).SkipLast(2).Select(name => (name, Signal(name)))]);
        await AssertStoredAsync(influx, furnace, ',', "furnace", [("value", "temperature")]);

        // The catastrophic failure of 2014-02-08, within NAB's window for it. The alert may have been raised before and not
        // been acknowledged since; its history says when.
        JsonElement alerts = await linewatch.UntilAsync(api, "alerts?line=heat&rule=anomaly", found => found.GetArrayLength() > 0
            && found[0].GetProperty("lastRaisedAt").GetDateTime() > new DateTime(2014, 2, 7));
        JsonElement alert = alerts[0];
        Assert.Equal("temperature", alert.GetProperty("signal").GetString());
        Assert.True(alert.GetProperty("expectedLower").GetDouble() < alert.GetProperty("expectedUpper").GetDouble());
        JsonElement history = await linewatch.UntilAsync(api, "alerts/" + alert.GetProperty("id").GetString(), _ => true);
        Assert.Contains(history.GetProperty("history").EnumerateArray(), happened =>
            happened.GetProperty("kind").GetString() is "Raised" or "RaisedAgain"
            && happened.GetProperty("happenedAt").GetDateTime() is { } raised
            && raised > new DateTime(2014, 2, 7, 14, 55, 0) && raised < new DateTime(2014, 2, 9, 14, 5, 0));
    }

    internal static Dictionary<string, string> Influx(Influxd influx) => new()
    {
        ["LINEWATCH__STORAGE__KIND"] = "influx",
        ["LINEWATCH__STORAGE__URL"] = influx.Address.ToString(),
        ["LINEWATCH__STORAGE__RETENTIONDAYS"] = "0", // the recordings are years old
    };

    private static async Task ReplayAsync(string file, Mosquitto mosquitto, string topic, params string[] more)
    {
        (int exitCode, string output) = await LinewatchProcess.RunAsync(["replay", file, "--broker", $"127.0.0.1:{mosquitto.Port}", "--topic", topic, .. more]);
        Assert.True(exitCode == 0, output);
    }

    private static async Task AssertStoredAsync(Influxd influx, string file, char separator, string machine, (string Column, string Signal)[] columns)
    {
        string[] header = Header(file, separator);
        List<string[]> expected = [.. Rows(file).Select(row => row.Split(separator))];
        foreach ((string column, string signal) in columns)
        {
            int index = Array.IndexOf(header, column);
            IReadOnlyList<JsonElement[]> stored = await InfluxQuery.RowsAsync(
                influx.Address, $"SELECT \"{signal}\" FROM telemetry WHERE machine = '{machine}'");
            Assert.Equal(
                expected.Select(row => (Nanoseconds(row[0]), double.Parse(row[index], CultureInfo.InvariantCulture))).Order(),
                stored.Select(row => (row[0].GetInt64(), row[1].GetDouble())).Order());
        }
    }

    private static long Nanoseconds(string time) =>
        (DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).Ticks * 100;

    private static string Signal(string column) => Linewatch.Server.Commands.CsvRecording.SignalId(column);

    private static string[] Header(string file, char separator) => File.ReadLines(file).First().Split(separator);

    private static List<string> Rows(string file) => [.. File.ReadLines(file).Skip(1).Where(line => line.Length > 0)];

    internal static int Total(JsonElement balance, string name) => balance.GetProperty("totals").GetProperty(name).GetInt32();

    internal static bool IsOk(JsonElement status, string part) =>
        status.GetProperty("parts").EnumerateArray().Any(one => one.GetProperty("part").GetString() == part && one.GetProperty("isOk").GetBoolean());

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
