using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>
/// The writing side of table <c>recent</c>. A reading written straight to its place among its signal's readings costs a page
/// of 4 KiB each, since every signal has a page of its own at its end. So readings go to the current generation first, where
/// many signals share a page, and some of each signal's readings are moved to their place at once, a few signals with every
/// commit. A generation holds about 16 readings of each signal, and 12 generations are moved together.
/// Used by one caller at a time, inside its transaction; <see cref="Load"/> after a rollback.
/// </summary>
internal sealed class RecentReadings : IDisposable
{
    private const int ReadingsOfASignal = 16;
    private const int GenerationsTogether = 12;
    private const int LeastRows = 4096;

    /// <summary>Rows moved for each row written, so that moving keeps up and ends before the next generations are full.</summary>
    private const int MovedForEachWritten = 2;

    private readonly SqliteConnection _connection;
    private readonly Statement _upsert;
    private readonly Statement _move;
    private readonly Statement _clear;
    private readonly SortedDictionary<long, long> _rows = [];
    private long _sweepTo;
    private long _sweepRows;
    private long _nextSignal;

    public RecentReadings(SqliteConnection connection)
    {
        _connection = connection;

        // A stale marker (NULL) leaves the value of the same event time alone, here and among the moved.
        _upsert = new Statement(connection, """
            INSERT INTO recent (generation, signal, event_time, value, repeat) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (generation, signal, event_time, repeat) DO UPDATE SET value = coalesce(excluded.value, value)
            """);
        _move = new Statement(connection, """
            INSERT INTO readings (signal, event_time, repeat, value)
            SELECT signal, event_time, repeat, value FROM recent WHERE generation = ?1 AND signal >= ?2 AND signal < ?3
            ORDER BY signal, event_time, repeat
            ON CONFLICT (signal, event_time, repeat) DO UPDATE SET value = coalesce(excluded.value, value)
            """);
        _clear = new Statement(connection, "DELETE FROM recent WHERE generation = ?1 AND signal >= ?2 AND signal < ?3");
        Load();
    }

    /// <summary>The statement that writes a reading; parameters 2 to 5 are signal, event time, value and repeat.</summary>
    public Statement Upsert => _upsert;

    private long Current => _rows.Keys.Last();

    /// <summary>Reads from the file which generations there are.</summary>
    public void Load()
    {
        _rows.Clear();
        _sweepTo = 0;
        using (SqliteCommand select = _connection.CreateCommand())
        {
            select.CommandText = "SELECT id, row_count FROM generations";
            using SqliteDataReader row = select.ExecuteReader();
            while (row.Read())
            {
                _rows.Add(row.GetInt64(0), row.GetInt64(1));
            }
        }

        if (_rows.Count == 0)
        {
            _rows.Add(1, 0);
        }

        _upsert.Bind(1, Current);
    }

    /// <summary>After <paramref name="written"/> readings, before the commit: seals the generation when it is full, and moves some.</summary>
    /// <param name="written">Readings written in this transaction.</param>
    /// <param name="signals">Number of signals, whose ids are 1 to that number.</param>
    public void Wrote(int written, int signals)
    {
        long full = Math.Max(LeastRows, (long)ReadingsOfASignal * signals);
        _rows[Current] += written;
        Save(Current);
        if (_rows[Current] >= full)
        {
            _rows.Add(Current + 1, 0);
            Save(Current);
            _upsert.Bind(1, Current);
        }

        Sweep(written, signals);
    }

    public void Dispose()
    {
        _upsert.Dispose();
        _move.Dispose();
        _clear.Dispose();
    }

    private void Sweep(int written, int signals)
    {
        if (_sweepTo == 0)
        {
            if (_rows.Count <= GenerationsTogether)
            {
                return;
            }

            _sweepTo = Current - 1;
            _sweepRows = _rows.Where(generation => generation.Key <= _sweepTo).Sum(generation => generation.Value);
            _nextSignal = 1;
        }

        long ofASignal = Math.Max(1, _sweepRows / Math.Max(1, signals));
        long end = _nextSignal + Math.Max(1, written * MovedForEachWritten / ofASignal);
        List<long> swept = [.. _rows.Keys.Where(generation => generation <= _sweepTo)];
        foreach (long generation in swept)
        {
            Run(_move, generation, end);
        }

        foreach (long generation in swept)
        {
            Run(_clear, generation, end);
        }

        _nextSignal = end;
        if (_nextSignal > signals)
        {
            using SqliteCommand forget = _connection.CreateCommand();
            forget.CommandText = "DELETE FROM generations WHERE id <= $id";
            forget.Parameters.AddWithValue("$id", _sweepTo);
            forget.ExecuteNonQuery();
            swept.ForEach(generation => _rows.Remove(generation));
            _sweepTo = 0;
        }
    }

    private void Run(Statement statement, long generation, long end)
    {
        statement.Bind(1, generation);
        statement.Bind(2, _nextSignal);
        statement.Bind(3, end);
        statement.Run();
    }

    private void Save(long generation)
    {
        using SqliteCommand upsert = _connection.CreateCommand();
        upsert.CommandText = "INSERT INTO generations (id, row_count) VALUES ($id, $rows) ON CONFLICT (id) DO UPDATE SET row_count = excluded.row_count";
        upsert.Parameters.AddWithValue("$id", generation);
        upsert.Parameters.AddWithValue("$rows", _rows[generation]);
        upsert.ExecuteNonQuery();
    }
}
