using System.Data.Common;
using System.Globalization;
using Dapper;
using Linewatch.Analytics.Oee;

namespace Linewatch.Operations.Shifts;

/// <summary>The SQL of shift records, their revisions and people's edits of stops.</summary>
internal static class ShiftTable
{
    public static Task<ShiftRow?> FindAsync(DbTransaction transaction, string line, DateTime start) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<ShiftRow>(
            "SELECT revision, computed FROM shift WHERE line = @line AND shift_start = @start", new { line, start }, transaction);

    public static async Task<string?> StartOfAsync(DbTransaction transaction, string line, DateTime at) =>
        await transaction.Connection!.QuerySingleOrDefaultAsync<string>(
            "SELECT MAX(shift_start) FROM shift WHERE line = @line AND shift_start <= @at AND shift_end > @at", new { line, at }, transaction);

    public static Task SaveAsync(DbTransaction transaction, ShiftRecord computed, long revision) => transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO shift (line, shift_start, shift_end, revision, computed, plan) VALUES (@Line, @Start, @End, @revision, @json, @Plan)
        ON CONFLICT (line, shift_start) DO UPDATE SET shift_end = @End, revision = @revision, computed = @json, plan = @Plan
        """,
        new { computed.Line, computed.Start, computed.End, computed.Plan, revision, json = ShiftRecordJson.Write(computed) },
        transaction);

    /// <summary>Notes what plan a shift was last computed with, where the record itself came out the same.</summary>
    public static Task NotePlanAsync(DbTransaction transaction, ShiftRecord computed) => transaction.Connection!.ExecuteAsync(
        "UPDATE shift SET plan = @Plan WHERE line = @Line AND shift_start = @Start", new { computed.Line, computed.Start, computed.Plan }, transaction);

    public static Task RemoveAsync(DbTransaction transaction, string line, DateTime start) => transaction.Connection!.ExecuteAsync(
        "DELETE FROM shift WHERE line = @line AND shift_start = @start", new { line, start }, transaction);

    /// <summary>The highest revision a shift ever had, a withdrawn one included; 0 = none.</summary>
    public static Task<long> LastRevisionAsync(DbTransaction transaction, string line, DateTime start) => transaction.Connection!.ExecuteScalarAsync<long>(
        "SELECT COALESCE(MAX(revision), 0) FROM shift_revision WHERE line = @line AND shift_start = @start", new { line, start }, transaction);

    public static async Task<IReadOnlyList<KeptShift>> KeptAsync(DbConnection connection, string line, DateTime from, DateTime to) =>
    [
        .. (await connection.QueryAsync<KeptRow>(
            "SELECT shift_start, shift_end, plan FROM shift WHERE line = @line AND shift_start < @to AND shift_end > @from ORDER BY shift_start",
            new { line, from, to })).Select(row => new KeptShift(row.ShiftStart, row.ShiftEnd, row.Plan)),
    ];

    public static Task AddRevisionAsync(DbTransaction transaction, ShiftRevision made)
    {
        ShiftRecord record = made.Record;
        OeeFigures figures = record.Figures;
        return transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO shift_revision (line, shift_start, revision, shift_end, shift, day, made_at, author, reason,
                availability, performance, quality, oee, record)
            VALUES (@Line, @Start, @Revision, @End, @Shift, @day, @MadeAt, @Author, @Reason,
                @Availability, @Performance, @Quality, @Oee, @json)
            """,
            new
            {
                record.Line,
                record.Start,
                made.Revision,
                record.End,
                record.Shift,
                day = record.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                made.MadeAt,
                made.Author,
                made.Reason,
                figures.Availability,
                figures.Performance,
                figures.Quality,
                figures.Oee,
                json = ShiftRecordJson.Write(record),
            },
            transaction);
    }

    public static async Task<IReadOnlyList<ShiftRevision>> LatestAsync(DbConnection connection, string? line, DateTime from, DateTime to) =>
    [
        .. (await connection.QueryAsync<RevisionRow>(
            """
            SELECT r.revision, r.made_at, r.author, r.reason, r.record
            FROM shift s JOIN shift_revision r ON r.line = s.line AND r.shift_start = s.shift_start AND r.revision = s.revision
            WHERE (@line IS NULL OR s.line = @line) AND s.shift_start < @to AND s.shift_end > @from
            ORDER BY s.shift_start, s.line
            """,
            new { line, from, to })).Select(row => row.ToRevision()),
    ];

    public static async Task<ShiftRevision?> RevisionAsync(DbConnection connection, DbTransaction? transaction, string line, DateTime start, long revision) =>
        (await connection.QuerySingleOrDefaultAsync<RevisionRow>(
            "SELECT revision, made_at, author, reason, record FROM shift_revision WHERE line = @line AND shift_start = @start AND revision = @revision",
            new { line, start, revision },
            transaction))?.ToRevision();

    public static async Task<IReadOnlyList<RevisionChange>> ChangesAsync(DbConnection connection, string line, DateTime start)
    {
        List<RevisionChange> changes = [];
        RevisionFigures? before = null;
        foreach (ChangeRow row in await connection.QueryAsync<ChangeRow>(
            """
            SELECT revision, made_at, author, reason, availability, performance, quality, oee
            FROM shift_revision WHERE line = @line AND shift_start = @start ORDER BY revision
            """,
            new { line, start }))
        {
            RevisionFigures after = new(row.Availability, row.Performance, row.Quality, row.Oee);
            changes.Add(new RevisionChange(row.Revision, row.MadeAt, row.Author, row.Reason, before, after));
            before = after;
        }

        return changes;
    }

    public static Task<string?> LastEndAsync(DbConnection connection, string line) =>
        connection.QuerySingleOrDefaultAsync<string?>("SELECT MAX(shift_end) FROM shift WHERE line = @line", new { line });

    public static async Task<IReadOnlyList<StopEdit>> EditsAsync(DbConnection connection, DbTransaction? transaction, string line, DateTime from, DateTime to) =>
    [
        .. (await connection.QueryAsync<EditRow>(
            """
            SELECT machine, kind, stop_from, stop_to, split_at, new_reason, new_category, new_cause, comment
            FROM stop_edit WHERE line = @line AND stop_from < @to AND stop_to > @from ORDER BY sequence
            """,
            new { line, from, to },
            transaction)).Select(row => row.ToEdit()),
    ];

    public static Task AddEditAsync(DbTransaction transaction, string line, StopEdit edit, string author, string why, DateTime madeAt) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO stop_edit (id, line, sequence, machine, kind, stop_from, stop_to, split_at, new_reason, new_category,
                new_cause, comment, author, why, made_at)
            VALUES (@id, @line, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM stop_edit WHERE line = @line), @Machine, @kind, @From, @To,
                @At, @Reason, @category, @CauseMachine, @Comment, @author, @why, @madeAt)
            """,
            new
            {
                id = Guid.CreateVersion7().ToString("N"),
                line,
                edit.Machine,
                kind = edit.Kind.ToString(),
                edit.From,
                edit.To,
                edit.At,
                edit.Reason,
                category = edit.Category?.ToString(),
                edit.CauseMachine,
                edit.Comment,
                author,
                why,
                madeAt,
            },
            transaction);

    public sealed record ShiftRow
    {
        public required long Revision { get; init; }

        public required string Computed { get; init; }
    }

    private sealed record KeptRow
    {
        public required DateTime ShiftStart { get; init; }

        public required DateTime ShiftEnd { get; init; }

        public string? Plan { get; init; }
    }

    private sealed record RevisionRow
    {
        public required long Revision { get; init; }

        public required DateTime MadeAt { get; init; }

        public required string Author { get; init; }

        public required string Reason { get; init; }

        public required string Record { get; init; }

        public ShiftRevision ToRevision() => new(Revision, MadeAt, Author, Reason, ShiftRecordJson.Read(Record));
    }

    private sealed record ChangeRow
    {
        public required long Revision { get; init; }

        public required DateTime MadeAt { get; init; }

        public required string Author { get; init; }

        public required string Reason { get; init; }

        public double? Availability { get; init; }

        public double? Performance { get; init; }

        public double? Quality { get; init; }

        public double? Oee { get; init; }
    }

    private sealed record EditRow
    {
        public required string Machine { get; init; }

        public required string Kind { get; init; }

        public required DateTime StopFrom { get; init; }

        public required DateTime StopTo { get; init; }

        public DateTime? SplitAt { get; init; }

        public string? NewReason { get; init; }

        public string? NewCategory { get; init; }

        public string? NewCause { get; init; }

        public string? Comment { get; init; }

        public StopEdit ToEdit() => new(
            Machine,
            Enum.Parse<StopEditKind>(Kind),
            StopFrom,
            StopTo,
            SplitAt,
            NewReason,
            NewCategory is null ? null : Enum.Parse<LossCategory>(NewCategory),
            NewCause,
            Comment);
    }
}
