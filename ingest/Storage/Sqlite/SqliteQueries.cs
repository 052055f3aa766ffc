using Linewatch.Plants;
using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>Questions about one signal, inside a transaction. Times are ticks as stored.</summary>
internal static class SqliteQueries
{
    /// <summary>The id of a signal, or null when it has no readings.</summary>
    public static long? IdOf(SqliteConnection connection, SignalPath signal)
    {
        using SqliteCommand select = SelectId(connection);
        return IdOf(select, signal);
    }

    public static List<Sample> Range(SqliteConnection connection, long signal, long from, long to, int limit) =>
        [.. SignalRows.Of(connection, signal, from, to, limit).Select(Sample)];

    /// <summary>The samples of several signals at given times.</summary>
    public static List<IReadOnlyList<Sample>> At(SqliteConnection connection, IReadOnlyList<SignalTimes> wanted, CancellationToken cancellationToken)
    {
        List<IReadOnlyList<Sample>> found = new(wanted.Count);
        using SqliteCommand select = SelectId(connection);
        foreach ((SignalPath signal, IReadOnlyList<DateTime> times) in wanted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<Sample> samples = [];
            if (IdOf(select, signal) is { } id)
            {
                for (TimesScan scan = new(times); !scan.IsOver;)
                {
                    List<Sample> page = Range(connection, id, UnixTime.ToTicks(UnixTime.Clamp(scan.From)), UnixTime.ToTicks(UnixTime.Clamp(scan.To)), scan.Limit);
                    samples.AddRange(scan.Take(page, sample => sample.EventTime));
                }
            }

            found.Add(samples);
        }

        return found;
    }

    public static Sample? Last(SqliteConnection connection, long signal, long before) =>
        SignalRows.Last(connection, signal, before) is { } row ? Sample(row) : null;

    /// <summary>Event time of each signal's newest row; null where it has none. All in one go: a plant's signals are asked for together.</summary>
    public static DateTime?[] Newest(SqliteConnection connection, IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken)
    {
        Dictionary<SignalPath, long> ids = [];
        using SqliteCommand known = connection.CreateCommand();
        known.CommandText = "SELECT site, area, line, machine, signal, id FROM signals";
        using (SqliteDataReader rows = known.ExecuteReader())
        {
            while (rows.Read())
            {
                ids[new SignalPath(rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetString(4))] = rows.GetInt64(5);
            }
        }

        using SqliteCommand newest = connection.CreateCommand();
        newest.CommandText = """
            SELECT max(newest) FROM (
                SELECT max(event_time) AS newest FROM readings WHERE signal = $signal
                UNION ALL
                SELECT (SELECT max(event_time) FROM recent WHERE generation = generations.id AND signal = $signal) FROM generations)
            """;
        SqliteParameter signal = newest.Parameters.Add("$signal", SqliteType.Integer);
        DateTime?[] times = new DateTime?[signals.Count];
        for (int i = 0; i < times.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ids.TryGetValue(signals[i], out long id))
            {
                signal.Value = id;
                times[i] = newest.ExecuteScalar() is long ticks ? UnixTime.FromTicks(ticks) : null;
            }
        }

        return times;
    }

    public static List<WindowAggregate> AggregateRaw(
        SqliteConnection connection, long signal, long from, long to, long window, CancellationToken cancellationToken)
    {
        List<WindowAggregate> windows = [];
        WindowAccumulator current = default;
        long start = long.MinValue;
        foreach ((long eventTime, double value) in Numbers(connection, signal, from, to))
        {
            long itsStart = UnixTime.WindowStart(eventTime, window);
            if (itsStart != start)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Close();
                start = itsStart;
                current = default;
            }

            current.Add(value);
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
        foreach ((long eventTime, double value) in Numbers(connection, signal, from, to))
        {
            cancellationToken.ThrowIfCancellationRequested();
            windows.Add(eventTime, value);
        }

        return windows.Finish();
    }

    private static SqliteCommand SelectId(SqliteConnection connection)
    {
        SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT id FROM signals WHERE site = $site AND area = $area AND line = $line AND machine = $machine AND signal = $signal";
        foreach (string name in (ReadOnlySpan<string>)["$site", "$area", "$line", "$machine", "$signal"])
        {
            select.Parameters.Add(name, SqliteType.Text);
        }

        return select;
    }

    private static long? IdOf(SqliteCommand select, SignalPath signal)
    {
        select.Parameters["$site"].Value = signal.Site;
        select.Parameters["$area"].Value = signal.Area;
        select.Parameters["$line"].Value = signal.Line;
        select.Parameters["$machine"].Value = signal.Machine;
        select.Parameters["$signal"].Value = signal.Signal;
        return (long?)select.ExecuteScalar();
    }

    private static IEnumerable<(long EventTime, double Value)> Numbers(SqliteConnection connection, long signal, long from, long to)
    {
        foreach (SignalRow row in SignalRows.Of(connection, signal, from, to))
        {
            if (row.Value is double or long)
            {
                yield return (row.Key.EventTime, row.Value is long whole ? whole : (double)row.Value);
            }
        }
    }

    private static Sample Sample(SignalRow row)
    {
        DateTime eventTime = UnixTime.FromTicks(row.Key.EventTime);
        return row.Value switch
        {
            string text => new Sample(eventTime, double.NaN, text, row.Key.Repeat),
            double value => new Sample(eventTime, value, null, row.Key.Repeat),
            long value => new Sample(eventTime, value, null, row.Key.Repeat),
            _ => new Sample(eventTime, double.NaN, null, row.Key.Repeat),
        };
    }
}
