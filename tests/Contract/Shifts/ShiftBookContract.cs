using Linewatch.Analytics.Oee;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Tests.Contract.Operations;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Shifts;

/// <summary>What shift records, their revisions and restatements must do on either database.</summary>
public abstract class ShiftBookContract : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 6, 1, 4, 0, 0, DateTimeKind.Utc);

    /// <summary>Settings that lead to the database.</summary>
    protected abstract Dictionary<string, string?> Database { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    [SkippableFact]
    public async Task Records_come_back_to_the_last_bit_and_the_same_again_makes_no_revision()
    {
        await using OperationsHost host = new(Database);
        ShiftBook book = host.Get<ShiftBook>();
        await book.KeepAsync(Record(good: 7_001), ShiftBook.Engine, "closed", default);
        Assert.Null(await book.KeepAsync(Record(good: 7_001), ShiftBook.Engine, "again", default));

        await using OperationsHost other = new(Database);
        ShiftRevision found = Assert.Single(await other.Get<ShiftBook>().LatestAsync(null, Start, Start.AddHours(8), default));

        Assert.True(found.Record.SameAs(Record(good: 7_001)));
        Assert.Equal(Record(good: 7_001).Figures, found.Record.Figures);
        Assert.Equal((1L, Start.AddHours(8)), (found.Revision, await book.LastEndAsync("line1", default)));
        Assert.Equal([new KeptShift(Start, Start.AddHours(8), "plan")], await book.KeptAsync("line1", Start, Start.AddDays(1), default));
    }

    [SkippableFact]
    public async Task Late_data_and_edits_restate_and_every_revision_stays()
    {
        await using OperationsHost host = new(Database);
        ShiftBook book = host.Get<ShiftBook>();
        await book.KeepAsync(Record(good: 7_000), ShiftBook.Engine, "closed", default);
        await book.KeepAsync(Record(good: 7_100), ShiftBook.Engine, "late readings", default);
        StopEdit edit = new("filler", StopEditKind.Split, Start.AddHours(1), Start.AddHours(2), At: Start.AddMinutes(90));
        Assert.True((await book.EditAsync("line1", edit, "Eva", "two events", default)).IsDone);

        Assert.Equal(2, (await book.RevisionAsync("line1", Start, 3, default))!.Record.Stops.Count);
        Assert.Equal(7_000, (await book.RevisionAsync("line1", Start, 1, default))!.Record.Quantities.Good);
        Assert.Equal(
            [(1L, "engine"), (2L, "engine"), (3L, "Eva")],
            (await book.ChangesAsync("line1", Start, default)).Select(change => (change.Revision, change.Author)));

        // What a person wrote outlives a recomputation.
        await book.KeepAsync(Record(good: 7_200), ShiftBook.Engine, "late readings", default);
        Assert.Equal(2, (await book.RevisionAsync("line1", Start, 4, default))!.Record.Stops.Count);
    }

    [SkippableFact]
    public async Task A_withdrawn_shift_leaves_the_figures_keeps_its_revisions_and_counts_on_when_it_comes_back()
    {
        await using OperationsHost host = new(Database);
        ShiftBook book = host.Get<ShiftBook>();
        await book.KeepAsync(Record(good: 7_000), ShiftBook.Engine, "closed", default);

        Assert.True(await book.WithdrawAsync("line1", Start, ShiftBook.Engine, "no such shift", default));
        Assert.False(await book.WithdrawAsync("line1", Start, ShiftBook.Engine, "no such shift", default));

        Assert.Empty(await book.LatestAsync("line1", Start, Start.AddHours(8), default));
        Assert.Equal("no such shift", (await book.RevisionAsync("line1", Start, 2, default))!.Reason);
        Assert.Equal(3, (await book.KeepAsync(Record(good: 7_000), ShiftBook.Engine, "planned again", default))!.Revision);
    }

    [SkippableFact]
    public async Task Marked_stretches_wait_until_they_are_quiet_and_stay_until_they_are_done()
    {
        ManualTime clock = new(Start);
        await using OperationsHost host = new(Database, clock);
        RestatementQueue queue = host.Get<RestatementQueue>();
        Restatement marked = new("line1", Start, Start.AddHours(1), "late");
        await queue.MarkAsync([marked], default);
        await queue.MarkAsync([marked], default);
        Assert.Empty(await queue.DueAsync(TimeSpan.FromSeconds(10), default));

        clock.Advance(TimeSpan.FromSeconds(10));
        DateTime readAt = clock.GetUtcNow().UtcDateTime;
        Assert.Equal([marked], await queue.DueAsync(TimeSpan.FromSeconds(10), default));

        // More came while it was computed.
        clock.Advance(TimeSpan.FromSeconds(1));
        await queue.MarkAsync([marked], default);
        await queue.DoneAsync([marked], readAt, default);
        Assert.Equal([marked], await queue.DueAsync(TimeSpan.Zero, default));
        await queue.DoneAsync([marked], clock.GetUtcNow().UtcDateTime, default);
        Assert.Empty(await queue.DueAsync(TimeSpan.Zero, default));
    }

    private static ShiftRecord Record(long good)
    {
        DateTime stop = Start.AddHours(1);
        DateTime end = Start.AddHours(8);
        return new ShiftRecord
        {
            Line = "line1",
            Shift = "Early",
            Day = new DateOnly(2026, 6, 1),
            Start = Start,
            End = end,
            MicroStop = TimeSpan.FromMinutes(5),
            Plan = "plan",
            Quantities = Quantities.Of(
                new Dictionary<LossCategory, TimeSpan> { [LossCategory.Run] = TimeSpan.FromHours(7), [LossCategory.Breakdown] = TimeSpan.FromHours(1) },
                [new ProductCount("cola", 3600.0 / 36_001, 7_300, good, 50, 0)],
                isCounted: true),
            Timeline =
            [
                new TimelineInterval(Start, stop, Bucket.Run, LossCategory.Run, null, 0, null),
                new TimelineInterval(stop, stop.AddHours(1), Bucket.OwnFailure, LossCategory.Breakdown, "filler", 1101, null),
                new TimelineInterval(stop.AddHours(1), end, Bucket.Run, LossCategory.Run, null, 0, null),
            ],
            Stops = [new Stop("filler", stop, stop.AddHours(1), Bucket.OwnFailure, LossCategory.Breakdown, 1101, null, "filler", TimeSpan.FromHours(1), false)],
            Machines = [],
        };
    }
}

public sealed class SqliteShiftBookTests : ShiftBookContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override Dictionary<string, string?> Database => new() { ["Operations:Database:File"] = _folder["operations.db"] };

    public override Task InitializeAsync() => Task.CompletedTask;

    public override Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();
}

public sealed class PostgresShiftBookTests : ShiftBookContract
{
    private Postgres? _server;

    protected override Dictionary<string, string?> Database => new() { ["Operations:Database:PostgreSql"] = _server!.ConnectionString };

    public override async Task InitializeAsync() => _server = await Postgres.StartAsync();

    public override async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
