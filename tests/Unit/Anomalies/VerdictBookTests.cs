using Linewatch.Analytics.Anomalies;
using Linewatch.Operations;
using Linewatch.Operations.Alerts;
using Linewatch.Tests.Unit.Operations;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class VerdictBookTests : IDisposable
{
    private readonly AlertDesk _desk = new();

    private VerdictBook Book => new(_desk.Fixture.Database, _desk.Alerts, _desk.Clock);

    [Fact]
    public async Task A_verdict_is_kept_with_its_signal_and_told_in_the_history()
    {
        Alert alert = await RaiseAsync();

        ChangeResult<Alert> judged = await Book.JudgeAsync(alert.Id, Judgement.Duty, "mara", "sterilising", default);

        Assert.True(judged.IsDone);
        AlertVerdict verdict = Assert.Single(await Book.ListAsync(DateTime.UnixEpoch, default));
        Assert.Equal((alert.Id, "anomaly", "bowl_pressure", Judgement.Duty, "mara"), (verdict.AlertId, verdict.Rule, verdict.Signal, verdict.Verdict, verdict.Author));
        Assert.Contains(await _desk.Alerts.HistoryAsync(alert.Id, default), happened => happened.Text == "judged duty: sterilising");
    }

    [Fact]
    public async Task Of_two_verdicts_on_an_alert_the_last_counts()
    {
        Alert alert = await RaiseAsync();

        await Book.JudgeAsync(alert.Id, Judgement.False, "mara", "", default);
        _desk.Clock.Advance(TimeSpan.FromMinutes(5));
        await Book.JudgeAsync(alert.Id, Judgement.True, "ann", "", default);

        AlertVerdict verdict = Assert.Single(await Book.ListAsync(DateTime.UnixEpoch, default));
        Assert.Equal((Judgement.True, AlertDesk.Start.AddMinutes(5)), (verdict.Verdict, verdict.JudgedAt));
        Assert.Empty(await Book.ListAsync(verdict.JudgedAt, default));
    }

    [Fact]
    public async Task An_alert_that_is_not_there_cannot_be_judged()
    {
        Assert.False((await Book.JudgeAsync("nothing", Judgement.True, "mara", "", default)).IsFound);
    }

    public void Dispose() => _desk.Dispose();

    private Task<Alert> RaiseAsync() => _desk.Alerts.RaiseAsync(
        new AlertCondition
        {
            Rule = "anomaly",
            Source = new AlertSource("line1", "filler", "bowl_pressure"),
            Severity = AlertSeverity.Advisory,
            EventTime = AlertDesk.Start,
            Message = "Bowl pressure is 4.6 bar",
        },
        default);
}
