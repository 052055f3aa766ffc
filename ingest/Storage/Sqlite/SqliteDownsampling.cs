using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>The downsampled series: kept up by the writing connection, read by any.</summary>
internal static class SqliteDownsampling
{
    /// <summary>Signals whose windows are written in one transaction, so that readings wait for none of them long.</summary>
    public const int SignalsAtOnce = 200;

    private const string FromKey = "downsampled_from";
    private const string ToKey = "downsampled_to";

    public static List<long> Signals(SqliteConnection connection, long after)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT id FROM signals WHERE id > $after ORDER BY id LIMIT $limit";
        select.Parameters.AddWithValue("$after", after);
        select.Parameters.AddWithValue("$limit", SignalsAtOnce);
        using SqliteDataReader row = select.ExecuteReader();
        List<long> ids = [];
        while (row.Read())
        {
            ids.Add(row.GetInt64(0));
        }

        return ids;
    }

    /// <summary>Computes the windows of these signals in the range anew; windows that lost their readings go.</summary>
    public static void Compute(SqliteConnection connection, IReadOnlyList<long> signals, DownsampledRange range)
    {
        using SqliteCommand delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM downsampled WHERE signal = $signal AND resolution = $resolution AND start >= $from AND start < $to";
        using SqliteCommand insert = connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO downsampled (signal, resolution, start, count, min, max, mean, first, last, sum, stddev)
            VALUES ($signal, $resolution, $start, $count, $min, $max, $mean, $first, $last, $sum, $stddev)
            """;
        foreach (long signal in signals)
        {
            List<WindowAggregate> fine = SqliteQueries.AggregateRaw(
                connection, signal, UnixTime.ToTicks(range.From), UnixTime.ToTicks(range.To), Downsampling.Fine.Ticks, CancellationToken.None);
            Replace(delete, insert, signal, Downsampling.Fine, range, fine);
            Replace(delete, insert, signal, Downsampling.Coarse, range, Downsampling.Merge(fine, Downsampling.Coarse));
        }
    }

    /// <summary>The downsampled windows of a signal in [from, to), oldest first.</summary>
    public static List<WindowAggregate> Read(SqliteConnection connection, long signal, TimeSpan resolution, DownsampledRange range)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = """
            SELECT start, count, min, max, mean, first, last, sum, stddev FROM downsampled
            WHERE signal = $signal AND resolution = $resolution AND start >= $from AND start < $to ORDER BY start
            """;
        Bind(select, signal, resolution, range);
        using SqliteDataReader row = select.ExecuteReader();
        List<WindowAggregate> windows = [];
        while (row.Read())
        {
            windows.Add(new WindowAggregate(
                UnixTime.FromTicks(row.GetInt64(0)), row.GetInt64(1), row.GetDouble(2), row.GetDouble(3), row.GetDouble(4),
                row.GetDouble(5), row.GetDouble(6), row.GetDouble(7), row.IsDBNull(8) ? double.NaN : row.GetDouble(8)));
        }

        return windows;
    }

    public static DownsampledRange Covered(SqliteConnection connection) =>
        SqliteState.Read(connection, FromKey) is { } from && SqliteState.Read(connection, ToKey) is { } to
            ? new DownsampledRange(UnixTime.FromTicks(from), UnixTime.FromTicks(to))
            : default;

    public static void Cover(SqliteConnection connection, DownsampledRange range)
    {
        SqliteState.Write(connection, FromKey, UnixTime.ToTicks(range.From));
        SqliteState.Write(connection, ToKey, UnixTime.ToTicks(range.To));
    }

    private static void Replace(
        SqliteCommand delete, SqliteCommand insert, long signal, TimeSpan resolution, DownsampledRange range, List<WindowAggregate> windows)
    {
        delete.Parameters.Clear();
        Bind(delete, signal, resolution, range);
        delete.ExecuteNonQuery();
        foreach (WindowAggregate window in windows)
        {
            insert.Parameters.Clear();
            insert.Parameters.AddWithValue("$signal", signal);
            insert.Parameters.AddWithValue("$resolution", (long)resolution.TotalSeconds);
            insert.Parameters.AddWithValue("$start", UnixTime.ToTicks(window.Start));
            insert.Parameters.AddWithValue("$count", window.Count);
            insert.Parameters.AddWithValue("$min", window.Min);
            insert.Parameters.AddWithValue("$max", window.Max);
            insert.Parameters.AddWithValue("$mean", window.Mean);
            insert.Parameters.AddWithValue("$first", window.First);
            insert.Parameters.AddWithValue("$last", window.Last);
            insert.Parameters.AddWithValue("$sum", window.Sum);
            insert.Parameters.AddWithValue("$stddev", double.IsNaN(window.StdDev) ? DBNull.Value : window.StdDev);
            insert.ExecuteNonQuery();
        }
    }

    private static void Bind(SqliteCommand command, long signal, TimeSpan resolution, DownsampledRange range)
    {
        command.Parameters.AddWithValue("$signal", signal);
        command.Parameters.AddWithValue("$resolution", (long)resolution.TotalSeconds);
        command.Parameters.AddWithValue("$from", UnixTime.ToTicks(range.From));
        command.Parameters.AddWithValue("$to", UnixTime.ToTicks(range.To));
    }
}
