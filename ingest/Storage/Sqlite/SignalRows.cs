using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>One stored row: double, long, string, or null for a stale marker.</summary>
internal readonly record struct SignalRow(RowKey Key, object? Value);

/// <summary>What identifies a row of a signal, in the order rows are read.</summary>
internal readonly record struct RowKey(long EventTime, int Repeat) : IComparable<RowKey>
{
    public int CompareTo(RowKey other) => EventTime != other.EventTime ? EventTime.CompareTo(other.EventTime) : Repeat.CompareTo(other.Repeat);
}

/// <summary>
/// The rows of one signal from table <c>readings</c> and from the generations of <c>recent</c>, as one: of two rows of one
/// key the later generation holds, a stale marker only where there is no value. Needs a transaction around it, since
/// rows move from the one to the other.
/// </summary>
internal static class SignalRows
{
    /// <summary>The first <paramref name="limit"/> rows in [from, to), oldest first, read as they are asked for.</summary>
    public static IEnumerable<SignalRow> Of(SqliteConnection connection, long signal, long from, long to, int limit = int.MaxValue) =>
        Merged(connection, signal, from, to, limit).Take(limit);

    /// <summary>The last row before a time.</summary>
    public static SignalRow? Last(SqliteConnection connection, long signal, long before)
    {
        SignalRow? last = LastOf(connection, "readings", signal, before, null);
        foreach (long generation in Generations(connection))
        {
            if (LastOf(connection, "recent", signal, before, generation) is { } row && (last is not { } known || row.Key.CompareTo(known.Key) >= 0))
            {
                last = row.Key == last?.Key ? new SignalRow(row.Key, row.Value ?? last.Value.Value) : row;
            }
        }

        return last;
    }

    /// <summary>The number of values in [from, to), stale markers left out.</summary>
    public static long Count(SqliteConnection connection, long signal, long from, long to)
    {
        using SqliteCommand count = connection.CreateCommand();
        count.CommandText = "SELECT count(value) FROM readings WHERE signal = $signal AND event_time >= $from AND event_time < $to";
        Bind(count, signal, from, to);
        long values = (long)count.ExecuteScalar()!;
        using SqliteCommand moved = connection.CreateCommand();
        moved.CommandText = "SELECT value IS NOT NULL FROM readings WHERE signal = $signal AND event_time = $from AND repeat = $repeat";
        Bind(moved, signal, 0, 0);
        SqliteParameter repeat = moved.Parameters.Add("$repeat", SqliteType.Integer);
        foreach ((RowKey key, object? value) in Recent(connection, signal, from, to))
        {
            if (value is not null)
            {
                moved.Parameters["$from"].Value = key.EventTime;
                repeat.Value = key.Repeat;
                values += moved.ExecuteScalar() is 1L ? 0 : 1;
            }
        }

        return values;
    }

    /// <summary>Generations, oldest first.</summary>
    public static List<long> Generations(SqliteConnection connection)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT id FROM generations ORDER BY id";
        using SqliteDataReader row = select.ExecuteReader();
        List<long> generations = [];
        while (row.Read())
        {
            generations.Add(row.GetInt64(0));
        }

        return generations;
    }

    private static IEnumerable<SignalRow> Merged(SqliteConnection connection, long signal, long from, long to, int limit)
    {
        SortedDictionary<RowKey, object?> recent = Recent(connection, signal, from, to, limit);
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT event_time, repeat, value FROM readings WHERE signal = $signal AND event_time >= $from AND event_time < $to ORDER BY event_time, repeat";
        Bind(select, signal, from, to);
        using SqliteDataReader moved = select.ExecuteReader();
        using SortedDictionary<RowKey, object?>.Enumerator next = recent.GetEnumerator();
        bool more = next.MoveNext();
        while (moved.Read())
        {
            RowKey key = Key(moved);
            while (more && next.Current.Key.CompareTo(key) < 0)
            {
                yield return new SignalRow(next.Current.Key, next.Current.Value);
                more = next.MoveNext();
            }

            object? value = Value(moved);
            if (more && next.Current.Key == key)
            {
                value = next.Current.Value ?? value;
                more = next.MoveNext();
            }

            yield return new SignalRow(key, value);
        }

        while (more)
        {
            yield return new SignalRow(next.Current.Key, next.Current.Value);
            more = next.MoveNext();
        }
    }

    /// <summary>Rows of all generations; of each its first <paramref name="limit"/>, which hold the first of all together.</summary>
    private static SortedDictionary<RowKey, object?> Recent(SqliteConnection connection, long signal, long from, long to, int limit = int.MaxValue)
    {
        SortedDictionary<RowKey, object?> rows = [];
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT event_time, repeat, value FROM recent WHERE generation = $generation AND signal = $signal AND event_time >= $from AND event_time < $to ORDER BY event_time, repeat LIMIT $limit";
        Bind(select, signal, from, to);
        select.Parameters.AddWithValue("$limit", limit);
        SqliteParameter generation = select.Parameters.Add("$generation", SqliteType.Integer);
        foreach (long id in Generations(connection))
        {
            generation.Value = id;
            using SqliteDataReader row = select.ExecuteReader();
            while (row.Read())
            {
                RowKey key = Key(row);
                rows[key] = Value(row) ?? rows.GetValueOrDefault(key);
            }
        }

        return rows;
    }

    private static SignalRow? LastOf(SqliteConnection connection, string table, long signal, long before, long? generation)
    {
        using SqliteCommand select = connection.CreateCommand();
        string ofGeneration = generation is null ? "" : "generation = $generation AND ";
#pragma warning disable CA2100 // constants of this class only
        select.CommandText = $"SELECT event_time, repeat, value FROM {table} WHERE {ofGeneration}signal = $signal AND event_time < $to ORDER BY event_time DESC, repeat DESC LIMIT 1";
#pragma warning restore CA2100
        Bind(select, signal, 0, before);
        select.Parameters.AddWithValue("$generation", generation ?? 0);
        using SqliteDataReader row = select.ExecuteReader();
        return row.Read() ? new SignalRow(Key(row), Value(row)) : null;
    }

    private static RowKey Key(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt32(1));

    private static object? Value(SqliteDataReader row) => row.IsDBNull(2) ? null : row.GetValue(2);

    private static void Bind(SqliteCommand command, long signal, long from, long to)
    {
        command.Parameters.AddWithValue("$signal", signal);
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$to", to);
    }
}
