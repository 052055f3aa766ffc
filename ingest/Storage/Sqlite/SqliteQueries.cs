using Linewatch.Plants;
using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>Questions about one signal. Times are ticks as stored.</summary>
internal static class SqliteQueries
{
    private const string OfSignal = "readings WHERE signal = $signal";

    /// <summary>The id of a signal, or null when it has no readings.</summary>
    public static long? IdOf(SqliteConnection connection, SignalPath signal)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT id FROM signals WHERE site = $site AND area = $area AND line = $line AND machine = $machine AND signal = $signal";
        select.Parameters.AddWithValue("$site", signal.Site);
        select.Parameters.AddWithValue("$area", signal.Area);
        select.Parameters.AddWithValue("$line", signal.Line);
        select.Parameters.AddWithValue("$machine", signal.Machine);
        select.Parameters.AddWithValue("$signal", signal.Signal);
        return (long?)select.ExecuteScalar();
    }

    public static List<Sample> Range(SqliteConnection connection, long signal, long from, long to, int limit)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = $"SELECT event_time, value, repeat FROM {OfSignal} AND event_time >= $from AND event_time < $to ORDER BY event_time, repeat LIMIT $limit";
        Bind(select, signal, from, to);
        select.Parameters.AddWithValue("$limit", limit);
        using SqliteDataReader row = select.ExecuteReader();
        List<Sample> samples = [];
        while (row.Read())
        {
            samples.Add(Sample(row));
        }

        return samples;
    }

    public static Sample? Last(SqliteConnection connection, long signal, long before)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = $"SELECT event_time, value, repeat FROM {OfSignal} AND event_time < $to ORDER BY event_time DESC, repeat DESC LIMIT 1";
        Bind(select, signal, 0, before);
        using SqliteDataReader row = select.ExecuteReader();
        return row.Read() ? Sample(row) : null;
    }

    public static long Count(SqliteConnection connection, long signal, long from, long to)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = $"SELECT count(value) FROM {OfSignal} AND event_time >= $from AND event_time < $to";
        Bind(select, signal, from, to);
        return (long)select.ExecuteScalar()!;
    }

    public static List<WindowAggregate> AggregateRaw(
        SqliteConnection connection, long signal, long from, long to, long window, CancellationToken cancellationToken)
    {
        using SqliteCommand select = Numbers(connection, signal, from, to);
        using SqliteDataReader row = select.ExecuteReader();
        List<WindowAggregate> windows = [];
        WindowAccumulator current = default;
        long start = long.MinValue;
        while (row.Read())
        {
            long itsStart = UnixTime.WindowStart(row.GetInt64(0), window);
            if (itsStart != start)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Close();
                start = itsStart;
                current = default;
            }

            current.Add(row.GetDouble(1));
        }

        Close();
        return windows;

        void Close()
        {
            if (current.Count > 0)
            {
                windows.Add(current.ToAggregate(UnixTime.FromTicks(start)));
            }
        }
    }

    public static List<WindowPercentile> Percentiles(
        SqliteConnection connection, long signal, long from, long to, Percentile windows, CancellationToken cancellationToken)
    {
        using SqliteCommand select = Numbers(connection, signal, from, to);
        using SqliteDataReader row = select.ExecuteReader();
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            windows.Add(row.GetInt64(0), row.GetDouble(1));
        }

        return windows.Finish();
    }

    private static Sample Sample(SqliteDataReader row)
    {
        (double value, string? text) = row.GetValue(1) switch
        {
            string stored => (double.NaN, stored),
            double stored => (stored, null),
            long stored => (stored, null),
            _ => (double.NaN, (string?)null),
        };
        return new Sample(UnixTime.FromTicks(row.GetInt64(0)), value, text, row.GetInt32(2));
    }

    private static SqliteCommand Numbers(SqliteConnection connection, long signal, long from, long to)
    {
        SqliteCommand select = connection.CreateCommand();
        select.CommandText = $"SELECT event_time, value FROM {OfSignal} AND event_time >= $from AND event_time < $to AND typeof(value) IN ('real', 'integer') ORDER BY event_time, repeat";
        Bind(select, signal, from, to);
        return select;
    }

    private static void Bind(SqliteCommand command, long signal, long from, long to)
    {
        command.Parameters.AddWithValue("$signal", signal);
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$to", to);
    }
}
