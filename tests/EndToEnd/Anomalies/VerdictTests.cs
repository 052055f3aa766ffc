using System.Text.Json;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Tests.EndToEnd.Web;

namespace Linewatch.Tests.EndToEnd.Anomalies;

/// <summary>Judging alerts over HTTP, with the product's own services behind it.</summary>
[Collection(WebTests.Name)]
public sealed class VerdictTests(WebPlant plant)
{
    [Fact]
    public async Task Verdicts_give_the_rule_a_precision_and_lift_the_threshold_of_their_signal()
    {
        const string Other = "their-own-rule";
        Alert first = await plant.RaiseAsync(DetectorRules.Anomaly, foundBy: "duty 2");
        foreach (Alert alert in (Alert[])[first, await plant.RaiseAsync(Other)])
        {
            await plant.PostAsync($"api/v1/alerts/{alert.Id}/judge", new { judgement = "False", author = "mara", text = "nothing there" });
        }

        JsonElement marks = await plant.GetAsync("api/v1/detectors?days=7");

        JsonElement byRule = Assert.Single(marks.GetProperty("rules").EnumerateArray(), mark => mark.GetProperty("rule").GetString() == DetectorRules.Anomaly);
        Assert.Equal(0, byRule.GetProperty("precision").GetDouble());
        Assert.InRange(byRule.GetProperty("falsePerMachineWeek").GetDouble(), 0.001, 1);
        JsonElement byDetector = Assert.Single(marks.GetProperty("detectors").EnumerateArray());
        Assert.Equal(("duty 2", 1, 0), (byDetector.GetProperty("detector").GetString(), byDetector.GetProperty("false").GetInt32(), byDetector.GetProperty("precision").GetDouble()));
        Assert.Equal(byRule.GetProperty("falsePerMachineWeek").GetDouble(), byDetector.GetProperty("falsePerMachineWeek").GetDouble());
        ILookup<string, JsonElement> bySignal = marks.GetProperty("signals").EnumerateArray().ToLookup(mark => mark.GetProperty("rule").GetString()!);
        Assert.Equal($"{first.Line}/{first.Machine}/{first.Signal}", Assert.Single(bySignal[DetectorRules.Anomaly]).GetProperty("signal").GetString());
        Assert.Equal(0.5, bySignal[DetectorRules.Anomaly].Single().GetProperty("lift").GetDouble());
        Assert.Equal(JsonValueKind.Null, Assert.Single(bySignal[Other]).GetProperty("lift").ValueKind);
        Assert.Equal(0, byRule.GetProperty("recall").GetProperty("found").GetInt32());
        Assert.Equal(JsonValueKind.Null, byRule.GetProperty("recall").GetProperty("recall").ValueKind);
        string page = await plant.Http.GetStringAsync(new Uri("detectors", UriKind.Relative));
        Assert.Contains("Known faults found", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">duty 2</th><td>anomaly</td><td>0</td><td>1</td>", page, StringComparison.Ordinal);
        Assert.Contains("too few known", page, StringComparison.Ordinal);
        Assert.Contains("Threshold moved by", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verdict_that_is_none_and_an_alert_that_is_not_there_are_refused()
    {
        Alert alert = await plant.RaiseAsync(nameof(A_verdict_that_is_none_and_an_alert_that_is_not_there_are_refused));

        await plant.PostAsync($"api/v1/alerts/{alert.Id}/judge", new { author = "mara" }, 400);
        await plant.PostAsync($"api/v1/alerts/{alert.Id}/judge", new { judgement = "perhaps" }, 400);
        await plant.PostAsync("api/v1/alerts/x/judge", new { judgement = "True" }, 404);
        await plant.GetAsync("api/v1/detectors?days=0", 400);
    }
}
