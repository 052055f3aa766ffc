using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Linewatch.Storage.Sqlite;

/// <summary>Derived points: a row a point, its fields as JSON.</summary>
internal static class SqlitePoints
{
    public static void Write(SqliteConnection connection, IReadOnlyList<DerivedPoint> points)
    {
        using SqliteCommand series = connection.CreateCommand();
        series.CommandText = """
            INSERT INTO point_series (measurement, tags) VALUES ($measurement, $tags)
            ON CONFLICT (measurement, tags) DO UPDATE SET tags = tags RETURNING id
            """;
        SqliteParameter measurement = series.Parameters.Add("$measurement", SqliteType.Text);
        SqliteParameter tags = series.Parameters.Add("$tags", SqliteType.Text);
        using SqliteCommand upsert = connection.CreateCommand();
        upsert.CommandText = """
            INSERT INTO points (series, event_time, fields) VALUES ($series, $time, $fields)
            ON CONFLICT (series, event_time) DO UPDATE SET fields = json_patch(fields, excluded.fields)
            """;
        SqliteParameter seriesId = upsert.Parameters.Add("$series", SqliteType.Integer);
        SqliteParameter time = upsert.Parameters.Add("$time", SqliteType.Integer);
        SqliteParameter fields = upsert.Parameters.Add("$fields", SqliteType.Text);
        foreach (DerivedPoint point in points)
        {
            Dictionary<string, object> stored = [];
            foreach ((string name, object value) in point.Fields)
            {
                if (StorablePoint.Value(value) is { } kept)
                {
                    stored[name] = kept;
                }
            }

            if (stored.Count == 0)
            {
                continue;
            }

            measurement.Value = point.Measurement;
            tags.Value = JsonSerializer.Serialize(new SortedDictionary<string, string>(point.Tags.ToDictionary(), StringComparer.Ordinal));
            seriesId.Value = (long)series.ExecuteScalar()!;
            time.Value = UnixTime.ToTicks(point.EventTime);
            fields.Value = JsonSerializer.Serialize(stored);
            upsert.ExecuteNonQuery();
        }
    }

    public static List<DerivedPoint> Read(
        SqliteConnection connection, string measurement, IReadOnlyDictionary<string, string> tags, DateTime from, DateTime to, int limit)
    {
        Dictionary<long, Dictionary<string, string>> series = Series(connection, measurement, tags);
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = """
            SELECT series, event_time, fields FROM points
            WHERE series IN (SELECT value FROM json_each($series)) AND event_time >= $from AND event_time < $to
            ORDER BY event_time LIMIT $limit
            """;
        select.Parameters.AddWithValue("$series", JsonSerializer.Serialize(series.Keys));
        select.Parameters.AddWithValue("$from", UnixTime.ToTicks(from));
        select.Parameters.AddWithValue("$to", UnixTime.ToTicks(to));
        select.Parameters.AddWithValue("$limit", limit);
        using SqliteDataReader row = select.ExecuteReader();
        List<DerivedPoint> points = [];
        while (row.Read())
        {
            points.Add(new DerivedPoint(measurement, series[row.GetInt64(0)], Fields(row.GetString(2)), UnixTime.FromTicks(row.GetInt64(1))));
        }

        return points;
    }

    private static Dictionary<long, Dictionary<string, string>> Series(
        SqliteConnection connection, string measurement, IReadOnlyDictionary<string, string> tags)
    {
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT id, tags FROM point_series WHERE measurement = $measurement";
        select.Parameters.AddWithValue("$measurement", measurement);
        using SqliteDataReader row = select.ExecuteReader();
        Dictionary<long, Dictionary<string, string>> series = [];
        while (row.Read())
        {
            Dictionary<string, string> found = JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(1))!;
            if (tags.All(tag => found.TryGetValue(tag.Key, out string? value) && value == tag.Value))
            {
                series.Add(row.GetInt64(0), found);
            }
        }

        return series;
    }

    private static Dictionary<string, object> Fields(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.ValueKind switch
        {
            JsonValueKind.Number => (object)field.Value.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => field.Value.GetString()!,
        });
    }
}
