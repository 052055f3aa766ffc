using System.Net.Http.Json;
using System.Text.Json;
using Linewatch.Tests.EndToEnd.MainPath;
using Xunit.Abstractions;

namespace Linewatch.Tests.EndToEnd.Chaos;

/// <summary>
/// plant.yaml is edited again and again while machines publish at QoS 1; afterwards the store holds the ledger of what was
/// acknowledged to them, exactly.
/// </summary>
public sealed class PlantChangeTests(ITestOutputHelper output)
{
    private const string Renamed = """{ name: cells, topic: "lab/{area}/{line}/{machine}/data", decoder: json, options: { time: /ts, timeFormat: iso8601, values: /values } }""";
    private const string X = ChaosPlant.X;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Signals_and_mappings_changed_under_load_and_a_broken_file_refused_lose_and_double_nothing()
    {
        await using ChaosPlant plant = new() { PlantYaml = ChaosPlant.PlantText(ChaosPlant.Source, X, X, X) };
        await plant.StartAsync();
        await using Publishers publishers = plant.Publish(perBeat: 5);

        // The fourth machine is not in the file yet: what it says is kept, until the file knows it.
        await plant.UntilAsync("balance", balance => RecordedPlantTests.Total(balance, "quarantined") > 0 && RecordedPlantTests.Total(balance, "stored") > 0, Patience);
        await plant.ChangeAsync(ChaosPlant.PlantText(ChaosPlant.Source, X, X, X, X));
        await StoredAsync(plant, "m3/x");
        await ReplayAsync(plant);

        // A file with two faults: both are told, and everything goes on by the one before.
        await plant.ChangeAsync(ChaosPlant.PlantText(ChaosPlant.Source.Replace("json", "jsonn", StringComparison.Ordinal), X, X, X, "[{ id: x, unit: parsec/fortnight }]"));
        await plant.UntilAsync("status", _ => Told(plant, "jsonn") && Told(plant, "parsec/fortnight"), Patience);

        // The first machine's x is another signal from now on; its topics are matched by another source.
        await plant.ChangeAsync(ChaosPlant.PlantText(Renamed, "[{ id: y, source: x }, { id: x, source: old_x }]", X, X, X));
        await StoredAsync(plant, "m0/y");

        Reckoning reckoning = await plant.ReckonAsync("plant.yaml changed under load", 3, publishers);
        string table = $"{Reckoning.Head}\n{reckoning}";
        output.WriteLine(table);
        Assert.True(reckoning is { Missing: 0, Doubled: 0, Wrong: 0, Quarantined: 0, Duplicates: 0, BalanceDifference: 0 }, table);
        Assert.True(reckoning.Stored == reckoning.Acknowledged && reckoning.Received == reckoning.Acknowledged, table);

        // One message was the first by the new mapping: all before it went by the old one, all behind it by the new.
        IReadOnlyList<int> before = await StoredPoints.NumbersAsync(plant, "lab/hall/line/m0/x,");
        IReadOnlyList<int> after = await StoredPoints.NumbersAsync(plant, "lab/hall/line/m0/y,");
        Assert.True(before.Max() < after.Min(), $"the old mapping went up to message {before.Max()}, the new one began at {after.Min()}");
    }

    private static bool Told(ChaosPlant plant, string fault) => plant.Linewatch.Output.Contains(fault, StringComparison.Ordinal);

    private static Task<JsonElement> StoredAsync(ChaosPlant plant, string signal) =>
        plant.UntilAsync($"readings/last?signal=lab/hall/line/{signal}", answer => answer.GetProperty("reading").ValueKind == JsonValueKind.Object, Patience);

    private static async Task ReplayAsync(ChaosPlant plant)
    {
        using HttpClient api = LinewatchProcess.Api(plant.Port);
        using HttpResponseMessage replayed = await api.PostAsJsonAsync(new Uri("quarantine/replay", UriKind.Relative), new { author = "Ada" });
        JsonElement answer = await replayed.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.GetProperty("released").GetInt64() > 0 && answer.GetProperty("remaining").GetInt64() == 0, answer.ToString());
    }
}
