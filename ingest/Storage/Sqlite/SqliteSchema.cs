using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>
/// The tables. WITHOUT ROWID keeps a signal's readings side by side, in the order of event time. New readings are in
/// <c>recent</c> first, see <see cref="RecentReadings"/>.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Raised with every change; a file of a later version is not opened.</summary>
    private const long Version = 2;

    // value: REAL or INTEGER (whole numbers take 1 to 8 bytes), TEXT for texts, NULL for a stale marker. No declared type:
    // a REAL column would turn -0.0 into 0.
    // event_time: 100-ns ticks since 1970-01-01 UTC.
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS signals (
            id INTEGER PRIMARY KEY,
            site TEXT NOT NULL, area TEXT NOT NULL, line TEXT NOT NULL, machine TEXT NOT NULL, signal TEXT NOT NULL,
            UNIQUE (site, area, line, machine, signal));
        CREATE TABLE IF NOT EXISTS readings (
            signal INTEGER NOT NULL, event_time INTEGER NOT NULL, repeat INTEGER NOT NULL, value,
            PRIMARY KEY (signal, event_time, repeat)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS recent (
            generation INTEGER NOT NULL, signal INTEGER NOT NULL, event_time INTEGER NOT NULL, repeat INTEGER NOT NULL, value,
            PRIMARY KEY (generation, signal, event_time, repeat)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS generations (id INTEGER PRIMARY KEY, row_count INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS point_series (
            id INTEGER PRIMARY KEY,
            measurement TEXT NOT NULL, tags TEXT NOT NULL,
            UNIQUE (measurement, tags));
        CREATE TABLE IF NOT EXISTS points (
            series INTEGER NOT NULL, event_time INTEGER NOT NULL, fields TEXT NOT NULL,
            PRIMARY KEY (series, event_time)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS downsampled (
            signal INTEGER NOT NULL, resolution INTEGER NOT NULL, start INTEGER NOT NULL,
            count INTEGER NOT NULL, min REAL NOT NULL, max REAL NOT NULL, mean REAL NOT NULL,
            first REAL NOT NULL, last REAL NOT NULL, sum REAL NOT NULL, stddev REAL,
            PRIMARY KEY (signal, resolution, start)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>Sets up the writing connection and creates what is missing.</summary>
    /// <exception cref="StoreUnavailableException">A later version of Linewatch made the file.</exception>
    public static void Prepare(SqliteConnection connection)
    {
        // FULL: a commit that was answered survives a power cut, so the journal's cursor may pass it.
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY;");
        long found = Scalar(connection, "PRAGMA user_version");
        if (found > Version)
        {
            throw new StoreUnavailableException($"{connection.DataSource} has format {found}; this version of Linewatch knows up to {Version}. Start the newer one, or name another file.");
        }

        if (found < Version)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            Execute(connection, Tables + $"PRAGMA user_version = {Version};");
            transaction.Commit();
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this class only
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this class only
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
