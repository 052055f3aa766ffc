using System.Data.Common;
using System.Text.Json;
using Dapper;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Rules;

/// <summary>
/// The alerts of one line, or of what belongs to no line: runs its rules and puts what they find into the <see cref="AlertBook"/>. The timers are kept
/// with every change of a state or condition, so a restart goes on where a delay stood and nothing is raised twice or
/// forgotten. One thread at a time.
/// </summary>
public sealed class LineAlerts
{
    /// <summary>While nothing changes but the times of silence, these are kept this often: a restart may tell of silence so much later.</summary>
    private static readonly TimeSpan KeepAtLeastEvery = TimeSpan.FromSeconds(10);

    private readonly AlertBook _book;
    private readonly OperationsDatabase _database;
    private readonly RuleEngine _engine;
    private readonly string _line;
    private readonly List<RuleOutcome> _outcomes = [];
    private long _keptChanges = -1;
    private DateTime _keptEventTime = DateTime.UnixEpoch;

    internal LineAlerts(Line? line, AlertRulesOptions options, AlertBook book, OperationsDatabase database)
    {
        _line = line?.Id ?? "";
        _engine = new RuleEngine(line, options);
        _book = book;
        _database = database;
    }

    /// <summary>The journal position up to which everything has been taken and kept.</summary>
    public long Position { get; private set; }

    /// <summary>Whether something was found or has begun that is not kept yet.</summary>
    public bool HasNews => _outcomes.Count > 0 || _engine.Changes != _keptChanges;

    /// <summary>What other engines found and have not said to be over; across a restart, too.</summary>
    public IEnumerable<AlertFinding> Standing => _engine.Standing;

    /// <summary>Takes up where the last run left off; returns <see cref="Position"/>, 0 for a new line.</summary>
    public async Task<long> RestoreAsync(CancellationToken cancellationToken)
    {
        await using DbConnection connection = await _database.OpenAsync(cancellationToken);
        (string Snapshot, long Position)? kept = await connection.QuerySingleOrDefaultAsync<(string, long)?>(
            "SELECT snapshot, journal_position FROM rule_state WHERE line = @_line", new { _line });
        if (kept is { } found)
        {
            _engine.Restore(JsonSerializer.Deserialize<RuleSnapshot>(found.Snapshot)!);
            Position = found.Position;
        }

        _keptChanges = _engine.Changes;
        return Position;
    }

    /// <summary>Takes one reading of the line. Does no I/O; what it means is kept by the next <see cref="FlushAsync"/>.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="position">Journal position of its message.</param>
    public void Take(in Reading reading, long position) => _engine.Take(reading, position, _outcomes);

    /// <summary>Takes what another engine found on the line.</summary>
    public void Take(AlertFinding finding) => _engine.Take(finding, _outcomes);

    /// <summary>Lets time pass while nothing arrives. Only as far as everything that came was taken: a replay has its own time.</summary>
    public void Advance(DateTime utc) => _engine.Advance(utc, Position, _outcomes);

    /// <summary>Keeps everything taken so far; the caller may then move its cursor to <paramref name="position"/>.</summary>
    /// <exception cref="DbException">The database cannot be reached; call again, nothing is lost.</exception>
    public async Task FlushAsync(long position, CancellationToken cancellationToken)
    {
        while (_outcomes.Count > 0)
        {
            await ApplyAsync(_outcomes[0], cancellationToken);
            _outcomes.RemoveAt(0);
        }

        if (_engine.Changes == _keptChanges && _engine.EventTime - _keptEventTime < KeepAtLeastEvery)
        {
            Position = position;
            return;
        }

        (long changes, DateTime eventTime) = (_engine.Changes, _engine.EventTime);
        string snapshot = JsonSerializer.Serialize(_engine.Snapshot());
        await _database.WriteAsync(
            transaction => transaction.Connection!.ExecuteAsync(
                """
                INSERT INTO rule_state (line, snapshot, journal_position) VALUES (@_line, @snapshot, @position)
                ON CONFLICT (line) DO UPDATE SET snapshot = @snapshot, journal_position = @position
                """,
                new { _line, snapshot, position }, transaction),
            cancellationToken);
        (_keptChanges, _keptEventTime, Position) = (changes, eventTime, position);
    }

    private Task ApplyAsync(RuleOutcome outcome, CancellationToken cancellationToken) => outcome.Kind switch
    {
        RuleOutcomeKind.Raise => _book.RaiseAsync(outcome.Condition, cancellationToken),
        RuleOutcomeKind.Clear => _book.ClearAsync(outcome.Condition.Rule, outcome.Condition.Source, outcome.Condition.EventTime, cancellationToken),
        _ => _book.SuppressByDesignAsync(
            outcome.Condition.Rule, outcome.Condition.Source, outcome.Kind == RuleOutcomeKind.Suppress, outcome.Condition.EventTime, cancellationToken),
    };
}

/// <summary>Makes <see cref="LineAlerts"/> with the rules as configured.</summary>
public sealed class LineAlertsFactory(AlertBook book, OperationsDatabase database, IOptionsMonitor<AlertRulesOptions> options)
{
    /// <summary>The alerts of a line, or of what belongs to no line (null), not yet restored.</summary>
    public LineAlerts Create(Line? line) => new(line, options.CurrentValue, book, database);
}
