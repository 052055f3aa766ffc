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
    private readonly RecentReadings _recent;
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
            _recent = new RecentReadings(_connection);
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

                _recent.Upsert.Bind(2, IdOf(reading.Signal));
                _recent.Upsert.Bind(3, UnixTime.ToTicks(reading.EventTime));
                BindValue(_recent.Upsert, reading);
                _recent.Upsert.Bind(5, reading.Repeat);
                _recent.Upsert.Run();
            }

            _recent.Wrote(readings.Length, _idsByPath.Count);

            _commit.Run();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Runs work in one transaction.</summary>
    public T InTransaction<T>(Func<SqliteConnection, T> work)
    {
        _begin.Run();
        try
        {
            T result = work(_connection);
            _commit.Run();
            return result;
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
        _recent.Dispose();
        _connection.Dispose();
    }

    private static void BindValue(Statement upsert, in Reading reading)
    {
        if (reading.Text is { } text)
        {
            upsert.BindText(4, text);
        }
        else if (double.IsNaN(reading.Value))
        {
            upsert.BindNull(4);
        }
        else
        {
            upsert.BindNumber(4, reading.Value);
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
        _recent.Load();
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
