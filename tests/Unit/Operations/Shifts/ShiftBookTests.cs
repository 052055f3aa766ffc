using Linewatch.Analytics.Oee;
using Linewatch.Operations;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Oee;

namespace Linewatch.Tests.Unit.Operations.Shifts;

public sealed class ShiftBookTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 6, 1, 14, 2, 0, DateTimeKind.Utc);
    private static readonly DateTime Start = TestLine.At("06:00");

    private readonly SqliteFixture _fixture = new();
    private readonly TestLine _line = new(new TestLineSetup { Reasons = [new Reason("valve", "Valve", [1101], []), new Reason("material", "Material", [], [])] });
    private readonly ShiftBook _book;

    public ShiftBookTests()
    {
        _line.Tell("""
            05:00 filler state 128
            07:00 filler state 1024
            07:00 filler fault 1101
            07:20 filler state 128
            07:20 filler fault 0
            08:00 filler state 1024
            08:06 filler state 1
            08:10 filler state 128
            """).Count("filler", "total", "06:00", "14:00", 0, 20_000);
        _book = new ShiftBook(_fixture.Database, new CurrentPlant(_line.Plant), new ManualTime(Now));
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_kept_shift_reads_back_with_the_same_figures_to_the_last_bit()
    {
        ShiftRecord computed = _line.Shift("06:00");

        await _book.KeepAsync(computed, ShiftBook.Engine, "shift closed", default);

        ShiftRevision kept = Assert.Single(await _book.LatestAsync("line1", Start, Now, default));
        Assert.True(kept.Record.SameAs(computed));
        Assert.Equal(computed.Figures, kept.Record.Figures);
        Assert.Equal((1L, ShiftBook.Engine, Now), (kept.Revision, kept.Author, kept.MadeAt));
        Assert.Equal(computed.End, await _book.LastEndAsync("line1", default));
    }

    [Fact]
    public async Task The_same_record_again_makes_no_revision()
    {
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "shift closed", default);

        Assert.Null(await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "replayed", default));
    }

    [Fact]
    public async Task Late_data_makes_revision_two_and_revision_one_stays()
    {
        ShiftRecord first = _line.Shift("06:00");
        await _book.KeepAsync(first, ShiftBook.Engine, "shift closed", default);
        ShiftRecord second = _line.Tell("10:00 filler state 1024\n10:30 filler state 128").Shift("06:00");

        ShiftRevision? restated = await _book.KeepAsync(second, ShiftBook.Engine, "late readings", default);

        Assert.Equal(2, restated?.Revision);
        Assert.True((await _book.RevisionAsync("line1", Start, 1, default))!.Record.SameAs(first));
        RevisionChange[] changes = [.. await _book.ChangesAsync("line1", Start, default)];
        Assert.Equal([null, first.Figures.Oee], changes.Select(change => change.Before?.Oee));
        Assert.Equal([first.Figures.Availability, second.Figures.Availability], changes.Select(change => change.After.Availability));
    }

    [Fact]
    public async Task A_recoded_stop_restates_its_shift_with_who_and_why()
    {
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "shift closed", default);

        ChangeResult<StopEdit> done = await _book.EditAsync(
            "line1", Edit("07:00", "07:20", StopEditKind.Recode) with { Reason = "material", Category = LossCategory.Waiting, Comment = "caps were missing" }, "ann", "seen on camera", default);

        Assert.True(done.IsDone);
        ShiftRevision latest = Assert.Single(await _book.LatestAsync("line1", Start, Now, default));
        Assert.Equal((2L, "ann", "seen on camera"), (latest.Revision, latest.Author, latest.Reason));
        Assert.Equal(TimeSpan.FromMinutes(20 + 4), latest.Record.Quantities[LossCategory.Waiting]);
        Assert.Equal(("material", "caps were missing"), (latest.Record.Stops[0].Reason, latest.Record.Stops[0].Comment));
        Assert.Equal(TimeSpan.FromHours(8), latest.Record.Quantities.Calendar);
    }

    [Fact]
    public async Task A_split_stop_counts_by_the_length_of_its_parts()
    {
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "shift closed", default);

        await _book.EditAsync("line1", Edit("08:00", "08:06", StopEditKind.Split) with { At = TestLine.At("08:02") }, "ann", "two faults", default);

        Quantities shift = Assert.Single(await _book.LatestAsync("line1", Start, Now, default)).Record.Quantities;
        Assert.Equal((TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(20)), (shift[LossCategory.MinorStop], shift[LossCategory.Breakdown]));
    }

    [Fact]
    public async Task Touching_stops_merge_into_the_first()
    {
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "shift closed", default);

        await _book.EditAsync("line1", Edit("08:00", "08:10", StopEditKind.Merge), "ann", "one event", default);

        ShiftRecord shift = Assert.Single(await _book.LatestAsync("line1", Start, Now, default)).Record;
        Assert.Equal([TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(10)], shift.Stops.Select(stop => stop.Lost));
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.Zero), (shift.Quantities[LossCategory.Breakdown], shift.Quantities[LossCategory.Waiting]));
    }

    [Fact]
    public async Task Edits_stay_when_late_data_restates_the_shift()
    {
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "shift closed", default);
        await _book.EditAsync("line1", Edit("07:00", "07:20", StopEditKind.Recode) with { Reason = "material" }, "ann", "", default);

        // The stop turns out to have ended a minute later.
        await _book.KeepAsync(_line.Tell("07:20 filler state 1024\n07:21 filler state 128").Shift("06:00"), ShiftBook.Engine, "late readings", default);

        ShiftRevision latest = Assert.Single(await _book.LatestAsync("line1", Start, Now, default));
        Assert.Equal((3L, "material", TimeSpan.FromMinutes(21)), (latest.Revision, latest.Record.Stops[0].Reason, latest.Record.Stops[0].Lost));
    }

    [Theory]
    [InlineData("filler", "10:00", "10:10", null, "had no such stop")]
    [InlineData("filler", "07:20", "07:00", null, "at or before its start")]
    [InlineData("filler", "07:00", "07:20", "weather", "no reason 'weather'")]
    [InlineData("robot", "07:00", "07:20", null, "no machine 'robot'")]
    public async Task Edits_that_make_no_sense_are_refused_and_change_nothing(string machine, string from, string to, string? reason, string expected)
    {
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "shift closed", default);

        ChangeResult<StopEdit> refused = await _book.EditAsync(
            "line1", Edit(from, to, StopEditKind.Recode) with { Machine = machine, Reason = reason }, "ann", "", default);

        Assert.Contains(expected, refused.Refusal, StringComparison.Ordinal);
        Assert.Single(await _book.ChangesAsync("line1", Start, default));
    }

    [Fact]
    public async Task Stops_without_a_reason_are_listed_the_longest_first()
    {
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "shift closed", default);

        IReadOnlyList<Stop> unexplained = await _book.UnexplainedAsync("line1", Start, Now, default);

        Assert.Equal([TestLine.At("08:00"), TestLine.At("08:06")], unexplained.Select(stop => stop.Start));
    }

    private static StopEdit Edit(string from, string to, StopEditKind kind) => new("filler", kind, TestLine.At(from), TestLine.At(to));
}
