using Linewatch.Operations;
using Linewatch.Operations.Alerts;

namespace Linewatch.Tests.Unit.Operations;

public sealed class AlertBookTests : IDisposable
{
    private static readonly DateTime Start = AlertDesk.Start;
    private static readonly AlertSource Bowl = new("line1", "filler", "bowl_pressure");

    private readonly AlertDesk _desk = new();
    private readonly AlertBook _book;

    public AlertBookTests() => _book = _desk.Alerts;

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Raise_keeps_value_band_and_event_time()
    {
        await _book.RaiseAsync(Pressure(0), default);

        Alert alert = Assert.Single(await _book.ListAsync(new AlertFilter(), default));
        Assert.Equal(
            ("line1", "filler", "bowl_pressure", AlertState.Unacknowledged, Start, 4.4, 3.9, 4.1, "bar", 77),
            (alert.Line, alert.Machine, alert.Signal, alert.State, alert.RaisedAt, alert.Value, alert.ExpectedLower, alert.ExpectedUpper, alert.Unit, alert.JournalPosition));
    }

    [Fact]
    public async Task Who_found_it_is_kept_and_is_another_when_another_finds_it_again()
    {
        await _book.RaiseAsync(Pressure(0) with { FoundBy = "duty 1" }, default);
        Assert.Equal("duty 1", Assert.Single(await _book.ListAsync(new AlertFilter(), default)).FoundBy);

        await _book.RaiseAsync(Pressure(5) with { FoundBy = "duty 2" }, default);
        Assert.Equal("duty 2", Assert.Single(await _book.ListAsync(new AlertFilter(), default)).FoundBy);
    }

    [Fact]
    public async Task Replay_raises_and_clears_nothing_twice()
    {
        for (int replay = 0; replay < 3; replay++)
        {
            await _book.RaiseAsync(Pressure(0), default);
            await _book.ClearAsync("band", Bowl, Start.AddMinutes(1), default);
            await _book.RaiseAsync(Pressure(5), default);
        }

        Alert alert = Assert.Single(await _book.ListAsync(new AlertFilter(), default));
        Assert.Equal((AlertState.Unacknowledged, 2L, Start.AddMinutes(5)), (alert.State, alert.Occurrences, alert.LastRaisedAt));
        Assert.Equal(
            [AlertEventKind.Raised, AlertEventKind.Cleared, AlertEventKind.RaisedAgain],
            (await _book.HistoryAsync(alert.Id, default)).Select(happened => happened.Kind));
    }

    [Fact]
    public async Task Replay_after_the_alert_was_closed_opens_nothing()
    {
        Alert alert = await _book.RaiseAsync(Pressure(0), default);
        await _book.AcknowledgeAsync(alert.Id, "ann", "", default);
        await _book.ClearAsync("band", Bowl, Start.AddMinutes(1), default);

        Alert known = await _book.RaiseAsync(Pressure(0), default);

        Assert.Equal((alert.Id, AlertState.Normal), (known.Id, known.State));
        Assert.Empty(await _book.ListAsync(new AlertFilter { OpenOnly = true }, default));
    }

    /// <summary>domain.md §6: A→B on activation; B→C ack; B→D clear; D→A ack; C→A clear; D→B re-alarm; latched: B→E, E→F, F→A reset.</summary>
    [Theory]
    [InlineData("raise", AlertState.Unacknowledged)]
    [InlineData("raise ack", AlertState.Acknowledged)]
    [InlineData("raise clear", AlertState.ReturnedUnacknowledged)]
    [InlineData("raise clear ack", AlertState.Normal)]
    [InlineData("raise ack clear", AlertState.Normal)]
    [InlineData("raise clear raise", AlertState.Unacknowledged)]
    [InlineData("raise ack raise", AlertState.Acknowledged)]
    [InlineData("latch clear", AlertState.LatchedUnacknowledged)]
    [InlineData("latch ack clear", AlertState.LatchedAcknowledged)]
    [InlineData("latch clear ack", AlertState.LatchedAcknowledged)]
    [InlineData("latch clear ack reset", AlertState.Normal)]
    [InlineData("latch clear latch", AlertState.Unacknowledged)]
    public async Task Script_ends_in_the_state_of_the_standard(string script, AlertState expected)
    {
        Alert? alert = null;
        int minute = 0;
        foreach (string step in script.Split(' '))
        {
            minute++;
            alert = step switch
            {
                "raise" => await _book.RaiseAsync(Pressure(minute), default),
                "latch" => await _book.RaiseAsync(Pressure(minute) with { Latched = true }, default),
                "clear" => await _book.ClearAsync("band", Bowl, Start.AddMinutes(minute), default),
                "ack" => (await _book.AcknowledgeAsync(alert!.Id, "ann", "", default)).Value,
                _ => (await _book.ResetAsync(alert!.Id, "ann", "", default)).Value,
            };
        }

        Assert.Equal(expected, (await _book.FindAsync(alert!.Id, default))!.State);
    }

    [Fact]
    public async Task Acknowledging_twice_is_refused_with_the_state()
    {
        Alert alert = await _book.RaiseAsync(Pressure(0), default);
        await _book.AcknowledgeAsync(alert.Id, "ann", "", default);

        ChangeResult<Alert> again = await _book.AcknowledgeAsync(alert.Id, "bob", "", default);

        Assert.False(again.IsDone);
        Assert.Contains("Acknowledged", again.Refusal, StringComparison.Ordinal);
        Assert.Equal("ann", again.Value!.AcknowledgedBy);
    }

    [Fact]
    public async Task Unknown_alert_is_not_found()
    {
        ChangeResult<Alert> result = await _book.AcknowledgeAsync("nothing", "ann", "", default);

        Assert.False(result.IsFound);
    }

    [Fact]
    public async Task Shelving_silences_this_and_later_occurrences_until_it_expires()
    {
        Alert alert = await _book.RaiseAsync(Pressure(0), default);
        await _book.SilenceAsync(alert.Id, AlertState.Shelved, Start.AddHours(1), "ann", "valve being changed", default);
        await _book.ClearAsync("band", Bowl, Start.AddMinutes(1), default);
        await _book.RaiseAsync(Pressure(2), default);

        Assert.Equal(AlertState.Shelved, (await _book.FindAsync(alert.Id, default))!.ShownState);
        Assert.Empty(await _book.ListAsync(new AlertFilter { WithoutSilenced = true }, default));
        Assert.Equal([true, false, false, false], (await _book.HistoryAsync(alert.Id, default)).Select(happened => happened.Annunciated));

        _desk.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(AlertState.Unacknowledged, (await _book.FindAsync(alert.Id, default))!.ShownState);
    }

    [Theory]
    [InlineData(AlertState.Shelved, 25, "why", "24 h")]
    [InlineData(AlertState.Shelved, 0, "why", "before it begins")]
    [InlineData(AlertState.Shelved, 1, " ", "needs a reason")]
    [InlineData(AlertState.Normal, 1, "why", "not a way to silence")]
    public async Task Silence_that_is_not_allowed_says_what_is(AlertState kind, int hours, string reason, string expected)
    {
        Alert alert = await _book.RaiseAsync(Pressure(0), default);

        ChangeResult<Alert> result = await _book.SilenceAsync(alert.Id, kind, Start.AddHours(hours), "ann", reason, default);

        Assert.Contains(expected, result.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_finds_every_alert_and_silence_as_it_was()
    {
        Alert alert = await _book.RaiseAsync(Pressure(0), default);
        await _book.AcknowledgeAsync(alert.Id, "ann", "on my way", default);
        Alert before = (await _book.SilenceAsync(alert.Id, AlertState.OutOfService, Start.AddDays(3), "ann", "pump removed", default)).Value!;

        await _desk.RestartAsync();

        Assert.Equal(before, await _desk.Alerts.FindAsync(alert.Id, default));
    }

    [Fact]
    public async Task Subscriber_hears_each_change_once_and_no_replay()
    {
        using AlertSubscription subscription = _book.Changes.Subscribe();
        Alert alert = await _book.RaiseAsync(Pressure(0), default);
        await _book.RaiseAsync(Pressure(0), default);
        await _book.AcknowledgeAsync(alert.Id, "ann", "", default);

        Assert.Equal(AlertState.Unacknowledged, (await subscription.Changes.ReadAsync()).State);
        Assert.Equal(AlertState.Acknowledged, (await subscription.Changes.ReadAsync()).State);
        Assert.False(subscription.Changes.TryRead(out _));
    }

    [Fact]
    public async Task Filters_select_by_line_severity_and_time()
    {
        await _book.RaiseAsync(Pressure(0), default);
        await _book.RaiseAsync(Pressure(10) with { Rule = "silence", Severity = AlertSeverity.High, Source = new AlertSource("line2") }, default);

        Assert.Equal("line2", Assert.Single(await _book.ListAsync(new AlertFilter { AtLeast = AlertSeverity.Medium }, default)).Line);
        Assert.Equal("line1", Assert.Single(await _book.ListAsync(new AlertFilter { Line = "line1" }, default)).Line);
        Assert.Equal("line2", Assert.Single(await _book.ListAsync(new AlertFilter { From = Start.AddMinutes(1) }, default)).Line);
        Assert.Equal("line1", Assert.Single(await _book.ListAsync(new AlertFilter { To = Start.AddMinutes(10) }, default)).Line);
    }

    private static AlertCondition Pressure(int minute) => new()
    {
        Rule = "band",
        Source = Bowl,
        Severity = AlertSeverity.Advisory,
        EventTime = Start.AddMinutes(minute),
        Value = 4.4,
        ExpectedLower = 3.9,
        ExpectedUpper = 4.1,
        Unit = "bar",
        Message = "Bowl pressure 4.4 bar, expected 3.9–4.1 bar",
        JournalPosition = 77,
    };
}
