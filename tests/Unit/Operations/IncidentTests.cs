using Linewatch.Operations.Alerts;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Operations;

/// <summary>Lines, buffers and states of real stops, through the built-in rules into incidents. Steps: <c>m:ss machine code</c>.</summary>
public sealed class IncidentTests : IDisposable
{
    private static readonly DateTime Start = AlertDesk.Start;

    private AlertDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Blocked_neighbours_fold_into_the_incident_of_the_packer()
    {
        // worked-examples.md X1
        await FeedAsync("10:00 packer 11, 12:00 labeller 51, 15:00 filler 51, 18:00 packer 6, 18:10 labeller 6, 18:20 filler 6, 30:00 packer 6");

        Incident incident = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter(), default));
        Assert.Equal(("packer", AlertCause.OwnFailure, IncidentState.Closed), (incident.Machine, incident.Cause, incident.State));
        Assert.Equal(["own-failure", "blocked"], (await _desk.Incidents.AlertsAsync(incident.Id, default)).Select(alert => alert.Rule));
    }

    [Theory]
    [InlineData(30, NotificationState.Pending)]
    [InlineData(-5 * 60, NotificationState.Stale)]
    public async Task News_that_is_long_past_when_it_comes_to_be_known_calls_nobody_and_says_why(int minutes, NotificationState expected)
    {
        NotificationOptions options = new();
        options.Channels["shift"] = new NotificationChannel { Kind = NotificationChannelKind.Mqtt, Topic = "alarms" };
        options.Routes.Add(new NotificationRoute { Name = "all", Steps = { new NotificationStep { Channel = "shift" } } });
        using AlertDesk desk = new(notifications: options);

        await desk.Alerts.RaiseAsync(
            new AlertCondition { Rule = "own-failure", Source = new AlertSource("line1", "filler"), Severity = AlertSeverity.Medium, EventTime = Start.AddMinutes(minutes), Message = "stopped" }, default);

        Notification told = Assert.Single(await desk.Outbox.ListAsync(null, 10, default));
        Assert.Equal(expected, told.State);
        Assert.Equal(expected == NotificationState.Stale ? "not sent: it was 5 h old when it came to be known (Operations:Notifications:StaleAfter)" : "", told.LastError);
    }

    [Fact]
    public async Task Starved_neighbours_fold_even_when_they_are_known_before_the_cause()
    {
        await FeedAsync("10:00 packer 50, 10:00 labeller 50, 14:50 filler 11, 20:00 filler 11");

        Incident incident = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter(), default));
        Assert.Equal(("filler", AlertCause.OwnFailure), (incident.Machine, incident.Cause));
        Assert.Equal(3, (await _desk.Incidents.AlertsAsync(incident.Id, default)).Count);
    }

    [Fact]
    public async Task Failures_of_neighbours_that_explain_nothing_stay_two_incidents()
    {
        // A starved filler cannot come from a packer behind it.
        await FeedAsync("10:00 packer 11, 10:00 filler 50, 20:00 filler 50");

        Assert.Equal(["filler", "packer"], (await _desk.Incidents.ListAsync(new IncidentFilter(), default)).Select(incident => incident.Machine).Order());
    }

    [Fact]
    public async Task Stop_that_the_buffer_hides_stays_with_its_machine()
    {
        // worked-examples.md X2: the filler keeps running.
        await FeedAsync("09:00 filler 6, 10:00 labeller 11, 12:30 labeller 6, 20:00 filler 6");

        Incident incident = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter(), default));
        Assert.Equal(("labeller", "own-failure"), (incident.Machine, Assert.Single(await _desk.Incidents.AlertsAsync(incident.Id, default)).Rule));
        Assert.Equal(TimeSpan.FromSeconds(150), incident.ClosedAt - incident.OpenedAt);
    }

    [Fact]
    public async Task Silence_is_no_cause_of_a_lack()
    {
        // worked-examples.md X4: depalletiser without data, filler starved.
        await FeedAsync("00:00 depal 6, 00:30 depal mute, 06:00 filler 50, 12:00 filler 50");

        Assert.Equal(
            [("depal", AlertCause.Silence), ("filler", AlertCause.Starved)],
            (await _desk.Incidents.ListAsync(new IncidentFilter(), default)).Select(incident => (incident.Machine, incident.Cause)).Order());
    }

    [Fact]
    public async Task Pressure_loss_across_machines_is_one_incident_of_the_utility()
    {
        await FeedAsync("10:00 depal 52, 10:05 filler 52, 10:20 packer 52, 16:00 labeller 50, 22:00 labeller 50", also: "10:10 filler 52");

        Incident incident = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter(), default));
        Assert.Equal((IncidentKind.Utility, "", ""), (incident.Kind, incident.Line, incident.Machine));
        Assert.Equal(5, (await _desk.Incidents.AlertsAsync(incident.Id, default)).Count);
    }

    [Fact]
    public async Task Broken_network_is_one_incident_and_not_one_a_machine()
    {
        await FeedAsync(
            "10:00 depal 6, 10:00 filler 6, 10:00 labeller 6, 10:05 packer 6, 20:00 depal mute, 20:00 filler mute, 20:05 labeller mute, 20:10 packer mute, 30:00 packer mute",
            also: "10:00 depal 6, 10:00 filler 6, 10:00 labeller 6, 10:05 packer 6, 20:00 depal mute, 20:00 filler mute, 20:05 labeller mute, 20:10 packer mute");

        Incident incident = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter(), default));
        Assert.Equal((IncidentKind.IngestSilence, 8), (incident.Kind, (await _desk.Incidents.AlertsAsync(incident.Id, default)).Count));
    }

    [Fact]
    public async Task Second_failure_of_the_same_machine_after_the_first_is_over_is_a_new_incident()
    {
        await FeedAsync("10:00 filler 11, 15:00 filler 6, 40:00 filler 11, 50:00 filler 6, 60:00 filler 6");

        Assert.Equal(2, (await _desk.Incidents.ListAsync(new IncidentFilter(), default)).Count);
    }

    [Fact]
    public async Task Silenced_alert_opens_no_incident_until_the_silence_ends_while_it_stands()
    {
        AlertRule rule = new() { Name = "hot", Above = 5 };
        rule.Signals.Add("pressure");
        rule.SuppressedIn.Add(Bucket.PlannedDown);
        AlertRulesOptions options = new() { UseBuiltIn = false };
        options.Rules.Add(rule);
        LineAlerts line = _desk.Rules(options);
        await line.RestoreAsync(default);

        Take(line, 0, "filler", BottlingPlant.Clean);
        line.Take(new Reading(BottlingPlant.Signal(_desk.Plant, "filler", "pressure"), Start.AddSeconds(1), 6), 2);
        await line.FlushAsync(2, default);
        Assert.Equal(AlertState.SuppressedByDesign, Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter(), default)).ShownState);
        Assert.Empty(await _desk.Incidents.ListAsync(new IncidentFilter(), default));

        Take(line, 2, "filler", BottlingPlant.Execute);
        await line.FlushAsync(3, default);

        Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter { OpenOnly = true }, default));
    }

    [Fact]
    public async Task Only_the_cause_of_a_stop_calls_people_and_its_neighbours_do_not()
    {
        await FeedAsync("10:00 packer 11, 12:00 labeller 51, 15:00 filler 51, 40:00 packer 11");

        List<(string Rule, string Machine)> called = [];
        foreach (Alert alert in await _desk.Alerts.ListAsync(new AlertFilter(), default))
        {
            called.AddRange((await _desk.Alerts.HistoryAsync(alert.Id, default)).Where(happened => happened.Annunciated).Select(_ => (alert.Rule, alert.Machine)));
        }

        Assert.Equal(("own-failure", "packer"), Assert.Single(called));
        Assert.Equal(3, (await _desk.Alerts.ListAsync(new AlertFilter(), default)).Count);
    }

    [Theory]
    [InlineData("10:00 filler 60, 11:00 labeller 50, 11:30 packer 50, 11:30 depal 51, 40:00 labeller 50", 0)]
    [InlineData("10:00 filler 60, 11:00 labeller 50, 20:00 filler 6, 24:00 labeller 6, 40:00 labeller 6", 0)]
    [InlineData("10:00 filler 60, 11:00 labeller 50, 20:00 filler 6, 40:00 labeller 50", 1)]
    public async Task Waiting_for_a_machine_in_a_planned_stop_is_no_alert_unless_it_outlasts_the_stop(string steps, int incidents)
    {
        await FeedAsync(steps);

        Assert.Equal(incidents, (await _desk.Incidents.ListAsync(new IncidentFilter(), default)).Count);
    }

    [Fact]
    public async Task Codes_that_know_no_tailback_fold_into_the_failure_on_either_side()
    {
        _desk.Dispose();
        _desk = new AlertDesk(BottlingPlant.Create(tellsTailback: false));

        // PackML's Suspended: the filler may be starved or blocked; only the packer behind it has failed.
        await FeedAsync("10:00 packer 11, 12:00 labeller 50, 15:00 filler 50, 30:00 packer 11");

        Assert.Equal("packer", Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter(), default)).Machine);
    }

    [Fact]
    public async Task Waiting_without_a_known_cause_is_one_incident_rooted_nearest_to_it()
    {
        await FeedAsync("10:00 packer 50, 11:00 labeller 50, 12:00 filler 50, 30:00 filler 50");

        Incident incident = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter(), default));
        Assert.Equal(("filler", AlertCause.Starved), (incident.Machine, incident.Cause));
    }

    [Fact]
    public async Task Failure_hours_after_an_anomaly_that_stands_is_a_new_incident()
    {
        await _desk.Alerts.RaiseAsync(Odd(Start), default);

        await FeedAsync("180:00 filler 11, 190:00 filler 11");

        Assert.Equal([AlertCause.OwnFailure, AlertCause.Process], (await _desk.Incidents.ListAsync(new IncidentFilter { OpenOnly = true }, default)).Select(incident => incident.Cause));
    }

    [Fact]
    public async Task Alert_that_comes_back_belongs_to_the_newer_incident_and_the_older_still_tells_of_it()
    {
        await FeedAsync("10:00 filler 11, 15:00 filler 6, 240:00 filler 11, 250:00 filler 11");
        IReadOnlyList<Incident> incidents = await _desk.Incidents.ListAsync(new IncidentFilter(), default);

        Assert.Equal(2, incidents.Count);
        Alert[] alerts = [Assert.Single(await _desk.Incidents.AlertsAsync(incidents[0].Id, default)), Assert.Single(await _desk.Incidents.AlertsAsync(incidents[1].Id, default))];
        Assert.All(alerts, alert => Assert.Equal(incidents[0].Id, alert.IncidentId));

        // Acknowledging the older one says nothing about the newer.
        Assert.True((await _desk.Incidents.AcknowledgeAsync(incidents[1].Id, "ann", "", default)).IsDone);
        Assert.Equal(AlertState.Unacknowledged, (await _desk.Alerts.FindAsync(alerts[0].Id, default))!.State);
    }

    [Fact]
    public async Task History_tells_everything_that_happened_to_an_incident()
    {
        await FeedAsync("10:00 packer 11, 12:00 labeller 51, 20:00 packer 6, 20:00 labeller 6, 30:00 packer 6");
        string id = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter { UnseenOnly = true }, default)).Id;

        await _desk.Incidents.AssignAsync(id, "mara", "ann", default);
        await _desk.Incidents.CommentAsync(id, "mara", "a torn belt", default);
        await _desk.Incidents.AcknowledgeAsync(id, "mara", "", default);
        Assert.False((await _desk.Incidents.CommentAsync(id, "mara", " ", default)).IsDone);

        Assert.Equal(
            ["Opened ", "Joined ", "Closed ", "Assigned ann", "Commented mara", "Acknowledged mara"],
            (await _desk.Incidents.HistoryAsync(id, default)).Select(happened => $"{happened.Kind} {happened.Author}"));
        Assert.Equal("mara", (await _desk.Incidents.FindAsync(id, default))!.Assignee);
        Assert.Empty(await _desk.Incidents.ListAsync(new IncidentFilter { UnseenOnly = true }, default));
    }

    [Fact]
    public async Task Acknowledging_every_alert_acknowledges_the_incident()
    {
        await FeedAsync("10:00 packer 11, 12:00 labeller 51, 20:00 labeller 51");
        Incident incident = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter(), default));
        foreach (Alert alert in await _desk.Incidents.AlertsAsync(incident.Id, default))
        {
            Assert.Null((await _desk.Incidents.FindAsync(incident.Id, default))!.AcknowledgedBy);
            await _desk.Alerts.AcknowledgeAsync(alert.Id, "ann", "", default);
        }

        Assert.Equal("ann", (await _desk.Incidents.FindAsync(incident.Id, default))!.AcknowledgedBy);
    }

    [Fact]
    public async Task Acknowledging_the_incident_acknowledges_its_alerts()
    {
        await FeedAsync("10:00 packer 11, 12:00 labeller 51, 20:00 labeller 51");
        string id = Assert.Single(await _desk.Incidents.ListAsync(new IncidentFilter { OpenOnly = true }, default)).Id;

        Assert.True((await _desk.Incidents.AcknowledgeAsync(id, "ann", "on my way", default)).IsDone);

        Assert.All(await _desk.Incidents.AlertsAsync(id, default), alert => Assert.Equal(AlertState.Acknowledged, alert.State));
        Assert.Contains("ann", (await _desk.Incidents.AcknowledgeAsync(id, "bob", "", default)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Crash_before_the_cursor_moved_raises_nothing_twice()
    {
        LineAlerts line = _desk.Rules(new AlertRulesOptions());
        await line.RestoreAsync(default);
        Take(line, 600, "filler", BottlingPlant.Execute);
        await line.FlushAsync(1, default);
        Take(line, 700, "filler", BottlingPlant.Held);
        Take(line, 900, "filler", BottlingPlant.Held);
        await line.FlushAsync(3, default);
        await _desk.RestartAsync();

        // The reader's cursor stood at 1: it reads 2 and 3 again.
        LineAlerts again = _desk.Rules(new AlertRulesOptions());
        Assert.Equal(3, await again.RestoreAsync(default));
        Take(again, 700, "filler", BottlingPlant.Held);
        Take(again, 900, "filler", BottlingPlant.Held);
        await again.FlushAsync(3, default);

        Assert.Equal(1, Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter { Rule = "own-failure" }, default)).Occurrences);
    }

    private static AlertCondition Odd(DateTime eventTime) => new()
    {
        Rule = "anomaly",
        Source = new AlertSource("line1", "filler", "pressure"),
        Severity = AlertSeverity.Advisory,
        EventTime = eventTime,
        Message = "Pressure is odd",
    };

    /// <summary>Every machine that has reported repeats its state each half minute, as real ones do, until it is mute.</summary>
    private async Task FeedAsync(string line1, string also = "")
    {
        (LineAlerts Line, string Id)[] lines = [(_desk.Rules(new AlertRulesOptions()), "line1"), (_desk.Rules(new AlertRulesOptions(), "line2"), "line2")];
        var steps = new[] { line1, also }
            .SelectMany((script, i) => script.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(step => (Line: i, Parts: step.Split(' '))))
            .Select(step => (step.Line, Seconds: Seconds(step.Parts[0]), Machine: step.Parts[1], Code: step.Parts[^1]))
            .ToList();
        Dictionary<(int Line, string Machine), int> codes = [];
        for (int second = 0; second <= steps.Max(step => step.Seconds); second += 5)
        {
            foreach (var step in steps.Where(step => step.Seconds == second))
            {
                codes[(step.Line, step.Machine)] = step.Code == "mute" ? -1 : int.Parse(step.Code, System.Globalization.CultureInfo.InvariantCulture);
                if (step.Code != "mute")
                {
                    Take(lines[step.Line].Line, second, step.Machine, codes[(step.Line, step.Machine)], lines[step.Line].Id);
                }
            }

            if (second % 30 == 0)
            {
                foreach (((int line, string machine), int code) in codes.Where(state => state.Value >= 0))
                {
                    Take(lines[line].Line, second, machine, code, lines[line].Id);
                }
            }

            foreach ((LineAlerts line, _) in lines)
            {
                line.Advance(Start.AddSeconds(second));
                if (second % 30 == 0)
                {
                    await line.FlushAsync(0, default);
                }
            }
        }
    }

    private void Take(LineAlerts line, int seconds, string machine, int code, string id = "line1") =>
        line.Take(new Reading(BottlingPlant.Signal(_desk.Plant, machine, "state", id), Start.AddSeconds(seconds), code), 1);

    private static int Seconds(string text)
    {
        string[] parts = text.Split(':');
        return (int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture) * 60) + int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
