using System.Runtime.CompilerServices;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>The one writing connection with its prepared statements and the ids it has given. Used by one caller at a time.</summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _upsert;
    private readonly Dictionary<SignalPath, SignalId> _idsByPath = [];

    /// <summary>By instance, since that is what readings carry; a plant that was replaced lets go of its signals.</summary>
    private readonly ConditionalWeakTable<Signal, SignalId> _ids = [];

    public SqliteWriter(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            SqliteSchema.Prepare(_connection);
            _begin = new Statement(_connection, "BEGIN IMMEDIATE");
            _commit = new Statement(_connection, "COMMIT");
            _rollback = new Statement(_connection, "ROLLBACK");

            // A stale marker (NULL) leaves the value of the same event time alone.
            _upsert = new Statement(_connection, """
                INSERT INTO readings (signal, event_time, value, repeat) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (signal, event_time, repeat) DO UPDATE SET value = coalesce(excluded.value, value)
                """);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }

        LoadIds();
    }

    public SqliteConnection Connection => _connection;

    /// <summary>Writes readings [start, start + count) in one transaction.</summary>
    public void Write(ReadOnlySpan<Reading> readings, List<RefusedReading> refused)
    {
        _begin.Run();
        try
        {
            foreach (ref readonly Reading reading in readings)
            {
                if (StorableReading.Fault(reading) is { } fault)
                {
                    refused.Add(new RefusedReading(reading, fault));
                    continue;
                }

                _upsert.Bind(1, IdOf(reading.Signal));
                _upsert.Bind(2, UnixTime.ToTicks(reading.EventTime));
                BindValue(reading);
                _upsert.Bind(4, reading.Repeat);
                _upsert.Run();
            }

            _commit.Run();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Runs work in one transaction.</summary>
    public void InTransaction(Action<SqliteConnection> work)
    {
        _begin.Run();
        try
        {
            work(_connection);
            _commit.Run();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _upsert.Dispose();
        _connection.Dispose();
    }

    private void BindValue(in Reading reading)
    {
        if (reading.Text is { } text)
        {
            _upsert.BindText(3, text);
        }
        else if (double.IsNaN(reading.Value))
        {
            _upsert.BindNull(3);
        }
        else
        {
            _upsert.BindNumber(3, reading.Value);
        }
    }

    private long IdOf(Signal signal)
    {
        if (_ids.TryGetValue(signal, out SignalId? known))
        {
            return known.Value;
        }

        if (!_idsByPath.TryGetValue(signal.Path, out SignalId? id))
        {
            using SqliteCommand insert = _connection.CreateCommand();
            insert.CommandText = "INSERT INTO signals (site, area, line, machine, signal) VALUES ($site, $area, $line, $machine, $signal) RETURNING id";
            insert.Parameters.AddWithValue("$site", signal.Path.Site);
            insert.Parameters.AddWithValue("$area", signal.Path.Area);
            insert.Parameters.AddWithValue("$line", signal.Path.Line);
            insert.Parameters.AddWithValue("$machine", signal.Path.Machine);
            insert.Parameters.AddWithValue("$signal", signal.Path.Signal);
            id = new SignalId((long)insert.ExecuteScalar()!);
            _idsByPath.Add(signal.Path, id);
        }

        _ids.AddOrUpdate(signal, id);
        return id.Value;
    }

    private void RollBack()
    {
        try
        {
            _rollback.Run();
        }
        catch (SqliteException)
        {
            // SQLite has already rolled back by itself (disk full, I/O error).
        }

        // Ids given in the transaction are gone with it.
        _ids.Clear();
        LoadIds();
    }

    private void LoadIds()
    {
        _idsByPath.Clear();
        using SqliteCommand select = _connection.CreateCommand();
        select.CommandText = "SELECT id, site, area, line, machine, signal FROM signals";
        using SqliteDataReader row = select.ExecuteReader();
        while (row.Read())
        {
            _idsByPath.Add(
                new SignalPath(row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5)),
                new SignalId(row.GetInt64(0)));
        }
    }

    private sealed record SignalId(long Value);
}
