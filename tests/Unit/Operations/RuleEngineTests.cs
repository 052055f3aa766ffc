using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Operations;

/// <summary>
/// Rules as scripts: <c>m:ss=value</c> feeds the filler's pressure, <c>m:ss state code</c> its state, <c>m:ss tick</c> lets time
/// pass. Expected: what is raised (+) and cleared (-) with its event time.
/// </summary>
public sealed class RuleEngineTests
{
    private static readonly DateTime Start = new(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc);
    private static readonly CurrentPlant Plant = BottlingPlant.Create();

    [Theory]
    [InlineData("strictly above", 0, 0, 0, "0:00=4 0:01=5 0:02=5.1 0:03=5", "+0:02 -0:03")]
    [InlineData("deadband holds until well inside", 0.2, 0, 0, "0:00=5.1 0:01=4.9 0:02=4.81 0:03=4.8", "+0:00 -0:03")]
    [InlineData("on-delay hides a short excess", 0, 10, 0, "0:00=6 0:09=4 0:10=6 0:20=6", "+0:10")]
    [InlineData("on-delay runs out while nothing arrives", 0, 10, 0, "0:00=6 0:30=tick 0:40=4", "+0:00 -0:40")]
    [InlineData("on-delay that ran out before the value came back counts", 0, 10, 0, "0:00=6 0:40=4", "+0:00 -0:40")]
    [InlineData("off-delay bridges a short return", 0, 0, 10, "0:00=6 0:05=4 0:10=6 0:20=4 0:30=tick", "+0:00 -0:20")]
    [InlineData("late reading is ignored", 0, 0, 0, "0:10=4 0:05=6 0:11=4", "")]
    public void Threshold_script(string what, double deadband, int onDelay, int offDelay, string script, string expected)
    {
        AlertRule rule = Above(5, deadband, onDelay, offDelay);

        Assert.Equal((what, expected), (what, Run(script, rule)));
    }

    [Theory]
    [InlineData("0:00=1 1:00=1.5 2:00=2 3:00=2.5 4:00=3", "")]
    [InlineData("0:00=1 1:00=2 2:00=5 3:00=8 4:00=8 5:00=8 6:00=8", "+2:00 -4:00")]
    public void Rate_above_one_and_a_half_a_minute_over_two_minutes(string script, string expected)
    {
        AlertRule rule = new() { Name = "rule", Kind = AlertRuleKind.Rate, RatePerMinute = 1.5, Window = TimeSpan.FromMinutes(2) };
        rule.Signals.Add("pressure");

        Assert.Equal(expected, Run(script, rule));
    }

    [Fact]
    public void Falling_rate_is_watched_by_a_negative_limit()
    {
        AlertRule rule = new() { Name = "rule", Kind = AlertRuleKind.Rate, RatePerMinute = -1, Window = TimeSpan.FromMinutes(2) };
        rule.Signals.Add("pressure");

        Assert.Equal("+2:00", Run("0:00=9 1:00=9 2:00=5", rule));
    }

    [Theory]
    [InlineData("0:00state11 1:59tick 2:00state6", "+0:00 -2:00")]
    [InlineData("0:00state11 1:59state6", "")]
    [InlineData("0:00state11 1:00state3 2:00tick", "+0:00")]
    public void Own_failure_for_two_minutes(string script, string expected)
    {
        AlertRule rule = new() { Name = "rule", Kind = AlertRuleKind.State, OnDelay = TimeSpan.FromMinutes(2) };
        rule.Buckets.Add(Bucket.OwnFailure);

        Assert.Equal(expected, Run(script, rule));
    }

    [Theory]
    [InlineData("0:00=1 4:58tick 4:59=1 9:58tick", "")]
    [InlineData("0:00=1 5:00tick 7:00=1", "+0:00 -7:00")]
    [InlineData("0:00=1 7:00=1", "")]
    [InlineData("9:00tick", "")]
    [InlineData("0:10=1 5:10tick 0:05=1 0:05state6", "+0:10")] // what comes late does not say that it is alive
    public void Silence_of_five_minutes(string script, string expected)
    {
        AlertRule rule = new() { Name = "rule", Kind = AlertRuleKind.Silence, OnDelay = TimeSpan.FromMinutes(5) };

        Assert.Equal(expected, Run(script, rule));
    }

    [Fact]
    public void Flapping_condition_stands_as_one_alert_until_it_was_quiet_for_the_hold()
    {
        string flapping = string.Join(' ', Enumerable.Range(0, 30).Select(i => $"0:{i:00}={(i % 2 == 0 ? 6 : 4)}"));

        string outcome = Run(flapping + " 5:00=tick 10:29=tick 10:30=tick", Above(5, 0, 0, 0));

        Assert.Equal("+0:00 -0:01 +0:02 -0:03 +0:04 -0:29", outcome);
    }

    [Fact]
    public void Rule_is_suppressed_by_design_while_the_machine_is_cleaned()
    {
        AlertRule rule = Above(5, 0, 0, 0);
        rule.SuppressedIn.Add(Bucket.PlannedDown);

        Assert.Equal("S0:00 +0:01 U0:02", Run($"0:00state{BottlingPlant.Clean} 0:01=6 0:02state{BottlingPlant.Execute}", rule));
    }

    [Fact]
    public void Finding_is_judged_by_the_rule_of_its_detector()
    {
        RuleEngine engine = new(Plant.Value.Lines[0], Only(new AlertRule { Name = "odd", Kind = AlertRuleKind.Finding, Detector = "anomaly", Severity = AlertSeverity.Advisory }));
        List<RuleOutcome> outcomes = [];
        AlertFinding finding = new()
        {
            Detector = "anomaly",
            FoundBy = "duty 2",
            Source = new AlertSource("line1", "filler", "pressure"),
            IsActive = true,
            EventTime = Start,
            Message = "Pressure is odd",
            Value = 4.4,
            ExpectedLower = 3.9,
            ExpectedUpper = 4.1,
            Unit = "bar",
        };

        engine.Take(finding, outcomes);
        engine.Take(finding with { Detector = "spc" }, outcomes);

        AlertCondition condition = Assert.Single(outcomes).Condition;
        Assert.Equal(("odd", "duty 2", 4.4, 3.9, 4.1, "Pressure is odd"), (condition.Rule, condition.FoundBy, condition.Value, condition.ExpectedLower, condition.ExpectedUpper, condition.Message));
    }

    [Fact]
    public void Finding_is_suppressed_by_design_like_any_other_rule()
    {
        AlertRule rule = new() { Name = "odd", Kind = AlertRuleKind.Finding, Detector = "anomaly" };
        rule.SuppressedIn.Add(Bucket.PlannedDown);
        RuleEngine engine = new(Plant.Value.Lines[0], Only(rule));
        List<RuleOutcome> outcomes = [];
        AlertFinding finding = new() { Detector = "anomaly", Source = new AlertSource("line1", "filler", "pressure"), IsActive = true, EventTime = Start.AddSeconds(1), Message = "odd" };

        State(0, BottlingPlant.Clean);
        engine.Take(finding, outcomes);
        State(2, BottlingPlant.Execute);
        State(3, BottlingPlant.Clean);

        Assert.Equal(
            [RuleOutcomeKind.Suppress, RuleOutcomeKind.Raise, RuleOutcomeKind.Unsuppress, RuleOutcomeKind.Suppress], outcomes.Select(outcome => outcome.Kind));

        void State(int second, int code) => engine.Take(new Reading(BottlingPlant.Signal(Plant, "filler", "state"), Start.AddSeconds(second), code), 0, outcomes);
    }

    [Theory]
    [InlineData("09:30", "09:45", true)]
    [InlineData("12:58", "18:00", false)]
    [InlineData("18:00", "29:02", false)]
    [InlineData("18:00", "29:15", true)]
    public void Machine_is_silent_only_while_a_shift_runs(string heard, string now, bool isSilent)
    {
        // The early shift runs from 05:00 to 13:00 UTC; 29:00 is its start on the next day.
        CurrentPlant plant = BottlingPlant.Create(aroundTheClock: false);
        RuleEngine engine = new(plant.Value.Lines[0], new AlertRulesOptions());
        List<RuleOutcome> outcomes = [];
        engine.Take(new Reading(BottlingPlant.Signal(plant, "filler", "state"), At(heard), BottlingPlant.Execute), 0, outcomes);
        for (DateTime time = At(heard); time <= At(now); time = time.AddSeconds(30))
        {
            engine.Advance(time, 0, outcomes);
        }

        Assert.Equal(isSilent, outcomes.Any(outcome => outcome.Condition.Rule == "silent" && outcome.Condition.Source.Machine == "filler"));

        static DateTime At(string clock) => Start.Date.AddHours(Number(clock[..2])).AddMinutes(Number(clock[3..]));
    }

    [Fact]
    public void Historical_readings_raise_nothing()
    {
        RuleEngine engine = new(Plant.Value.Lines[0], Only(Above(5, 0, 0, 0)));
        List<RuleOutcome> outcomes = [];

        engine.Take(new Reading(BottlingPlant.Signal(Plant, "filler", "pressure"), Start, 9, Flags: ReadingFlags.Historical), 1, outcomes);

        Assert.Empty(outcomes);
    }

    [Theory]
    [InlineData("0:00=6", "0:30=tick 0:40=4", "+0:00 -0:40")]
    [InlineData("0:00=6 0:10=6", "0:12=4", "-0:12")]
    public void Restart_in_the_middle_changes_nothing(string before, string after, string expected)
    {
        AlertRulesOptions options = Only(Above(5, 0, 10, 0));
        RuleEngine first = new(Plant.Value.Lines[0], options);
        Feed(first, before, []);
        string kept = System.Text.Json.JsonSerializer.Serialize(first.Snapshot());

        RuleEngine second = new(Plant.Value.Lines[0], options);
        second.Restore(System.Text.Json.JsonSerializer.Deserialize<RuleSnapshot>(kept)!);
        List<RuleOutcome> outcomes = [];
        Feed(second, after, outcomes);

        Assert.Equal(expected, Text(outcomes));
    }

    private static string Run(string script, AlertRule rule)
    {
        rule.Machines.Add("filler");
        List<RuleOutcome> outcomes = [];
        Feed(new RuleEngine(Plant.Value.Lines[0], Only(rule)), script, outcomes);
        return Text(outcomes);
    }

    private static void Feed(RuleEngine engine, string script, List<RuleOutcome> outcomes)
    {
        foreach (string step in script.Split(' '))
        {
            int colon = step.IndexOf(':', StringComparison.Ordinal);
            DateTime time = Start.AddMinutes(Number(step[..colon])).AddSeconds(Number(step.Substring(colon + 1, 2)));
            string what = step[(colon + 3)..].TrimStart('=');
            if (what == "tick")
            {
                engine.Advance(time, 0, outcomes);
            }
            else if (what.StartsWith("state", StringComparison.Ordinal))
            {
                engine.Take(new Reading(BottlingPlant.Signal(Plant, "filler", "state"), time, Number(what[5..])), 0, outcomes);
            }
            else
            {
                engine.Take(new Reading(BottlingPlant.Signal(Plant, "filler", "pressure"), time, Number(what)), 0, outcomes);
            }
        }
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(List<RuleOutcome> outcomes) => string.Join(' ', outcomes.Select(outcome => outcome.Kind switch
    {
        RuleOutcomeKind.Raise => "+",
        RuleOutcomeKind.Clear => "-",
        RuleOutcomeKind.Suppress => "S",
        _ => "U",
    } + (outcome.Condition.EventTime - Start).ToString(@"m\:ss", System.Globalization.CultureInfo.InvariantCulture)));

    private static AlertRule Above(double limit, double deadband, int onDelay, int offDelay)
    {
        AlertRule rule = new()
        {
            Name = "rule",
            Above = limit,
            Deadband = deadband,
            OnDelay = TimeSpan.FromSeconds(onDelay),
            OffDelay = TimeSpan.FromSeconds(offDelay),
        };
        rule.Signals.Add("pressure");
        return rule;
    }

    private static AlertRulesOptions Only(AlertRule rule)
    {
        AlertRulesOptions options = new() { UseBuiltIn = false };
        options.Rules.Add(rule);
        return options;
    }
}
