using Linewatch.Jobs.Forecasting;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Jobs;

/// <summary>What the forecast scores becomes an alert by the rule of the plant, with its delays and its suppression.</summary>
public sealed class HealthWatchTests : IDisposable
{
    private readonly AlertDesk _desk = new(WearPlant.Create());
    private readonly StoredReadings _store = new();

    public void Dispose()
    {
        _desk.Dispose();
        _store.Dispose();
    }

    [Theory]
    [InlineData("0.5 0.14", "raised")]
    [InlineData("0.5 0.16", "")]
    [InlineData("0.14 0.1 0.2", "raised")]
    [InlineData("0.14 0.26", "raised cleared")]
    [InlineData("0.2 0.14 0.26 0.2", "raised cleared")]
    public async Task Component_that_is_nearly_used_up_is_one_alert_until_it_is_clearly_better(string hourly, string expected)
    {
        using RuleFlow rules = _desk.RuleFlow();

        Assert.Equal(expected, await TellAsync(rules, hourly));
    }

    [Fact]
    public async Task Delay_of_the_rule_holds()
    {
        AlertRulesOptions patient = new();
        patient.Rules.Add(new AlertRule { Name = "health", Kind = AlertRuleKind.Finding, Detector = "health", OnDelay = TimeSpan.FromHours(2), Severity = AlertSeverity.High });
        using RuleFlow rules = _desk.RuleFlow(patient);

        Assert.Equal("", await TellAsync(rules, "0.1 0.1"));
        Assert.Equal("raised", await TellAsync(rules, "0.1"));
        Assert.Equal(AlertSeverity.High, Assert.Single(await AlertsAsync()).Severity);
    }

    [Fact]
    public async Task Alert_names_component_signal_and_what_is_left_and_outlives_a_restart()
    {
        using (RuleFlow before = _desk.RuleFlow())
        {
            await TellAsync(before, "0.123");
        }

        await _desk.RestartAsync();
        using RuleFlow rules = _desk.RuleFlow();
        await TellAsync(rules, "0.12");

        Alert alert = Assert.Single(await AlertsAsync());
        Assert.Equal(("line1", "filler", "bearing_vibration", 1L), (alert.Line, alert.Machine, alert.Signal, alert.Occurrences));
        Assert.Equal("Filler: main bearing has 12 % of its way to the limit left", alert.Message);
        Assert.Equal((0.123, 0.15, 1.0), (alert.Value, alert.ExpectedLower, alert.ExpectedUpper));
    }

    [Fact]
    public async Task Machine_or_component_that_the_plant_no_longer_has_says_nothing()
    {
        using RuleFlow rules = _desk.RuleFlow();
        await ScoreAsync("line1", "filler", "old bearing", 0.01);
        await ScoreAsync("line1", "gone", "main bearing", 0.01);
        await ScoreAsync("gone", "filler", "main bearing", 0.01);

        await LookAsync(rules);

        Assert.Empty(await AlertsAsync());
    }

    /// <summary>An hour for each score; what the alert's history says in the end.</summary>
    private async Task<string> TellAsync(RuleFlow rules, string hourly)
    {
        foreach (string health in hourly.Split(' '))
        {
            _desk.Clock.Advance(TimeSpan.FromHours(1));
            await ScoreAsync("line1", "filler", "main bearing", double.Parse(health, System.Globalization.CultureInfo.InvariantCulture));
            await LookAsync(rules);
            await LookAsync(rules);
        }

        return await _desk.StoryAsync("health");
    }

    private async Task LookAsync(RuleFlow rules)
    {
        using HealthWatch watch = new(
            new HealthBook(_store.Store, _desk.Clock), _desk.Plant, rules, Options.Create(new ForecastWearOptions()), _desk.Clock, NullLogger<HealthWatch>.Instance);
        await watch.LookAsync(default);
    }

    private async Task ScoreAsync(string line, string machine, string component, double health)
    {
        foreach (string each in (string[])[HealthScores.Whole, component])
        {
            await _store.Store.WriteAsync(
                [new DerivedPoint(
                    HealthScores.Measurement,
                    new Dictionary<string, string> { ["site"] = "s", ["area"] = "a", ["line"] = line, ["machine"] = machine, ["component"] = each },
                    new Dictionary<string, object> { ["health"] = health },
                    _desk.Clock.GetUtcNow().UtcDateTime)],
                default);
        }
    }

    private Task<IReadOnlyList<Alert>> AlertsAsync() => _desk.Alerts.ListAsync(new AlertFilter { Rule = "health" }, default);
}
