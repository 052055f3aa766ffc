using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>Single values that the store remembers of itself, and retention.</summary>
internal static class SqliteState
{
    /// <summary>Raw readings before these ticks were deleted.</summary>
    public const string DeletedBefore = "deleted_before";

    public static long? Read(SqliteConnection connection, string name)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT value FROM state WHERE name = $name";
        select.Parameters.AddWithValue("$name", name);
        return (long?)select.ExecuteScalar();
    }

    public static void Write(SqliteConnection connection, string name, long value)
    {
        using SqliteCommand upsert = connection.CreateCommand();
        upsert.CommandText = "INSERT INTO state (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        upsert.Parameters.AddWithValue("$name", name);
        upsert.Parameters.AddWithValue("$value", value);
        upsert.ExecuteNonQuery();
    }

    /// <summary>Writes the value unless a greater one is there.</summary>
    public static void Raise(SqliteConnection connection, string name, long value)
    {
        if (Read(connection, name) is not { } known || known < value)
        {
            Write(connection, name, value);
        }
    }

    /// <summary>Deletes the readings of one signal before the ticks; returns how many. Readings of other signals are written in between.</summary>
    public static long DeleteReadings(SqliteConnection connection, long signal, long before)
    {
        using SqliteCommand delete = connection.CreateCommand();
        delete.CommandText = """
            DELETE FROM readings WHERE signal = $signal AND event_time < $before;
            DELETE FROM recent WHERE generation IN (SELECT id FROM generations) AND signal = $signal AND event_time < $before
            """;
        delete.Parameters.AddWithValue("$signal", signal);
        delete.Parameters.AddWithValue("$before", before);
        return delete.ExecuteNonQuery();
    }
}
