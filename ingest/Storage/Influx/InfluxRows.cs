using System.Globalization;
using System.Text.Json;

namespace Linewatch.Storage.Influx;

/// <summary>Reads the answers of <c>/query</c>, asked with <c>epoch=ns</c>.</summary>
internal static class InfluxRows
{
    /// <summary>The rows of every series of the first statement; each is an array that starts with the time.</summary>
    public static IEnumerable<JsonElement> Of(JsonDocument answer) => Series(answer).SelectMany(series => Values(series));

    /// <summary>Rows of time, number, text, stale marker and repeat.</summary>
    public static List<Sample> Samples(JsonDocument answer) => [.. Of(answer).Select(row => Sample(row, 0)).OfType<Sample>()];

    /// <summary>A signal's sample in a row of time, number, text and stale marker of each of some signals, and repeat; null where it has none.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signal">Which of the signals.</param>
    public static Sample? Sample(JsonElement row, int signal)
    {
        int column = 1 + (3 * signal);
        (JsonElement number, JsonElement text, JsonElement stale) = (row[column], row[column + 1], row[column + 2]);
        JsonElement repeats = row[row.GetArrayLength() - 1];
        DateTime eventTime = Time(row[0]);
        int repeat = repeats.ValueKind == JsonValueKind.String && int.TryParse(repeats.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
        return number.ValueKind == JsonValueKind.Number ? new Sample(eventTime, number.GetDouble(), Repeat: repeat)
            : text.ValueKind == JsonValueKind.String ? new Sample(eventTime, double.NaN, text.GetString(), repeat)
            : stale.ValueKind == JsonValueKind.Null ? null
            : new Sample(eventTime, double.NaN, Repeat: repeat);
    }

    /// <summary>A row of time, count, min, max, mean, first, last, sum and deviation.</summary>
    public static WindowAggregate Aggregate(JsonElement row) => new(
        Time(row[0]), Number(row[1]), Double(row[2]), Double(row[3]), Double(row[4]), Double(row[5]), Double(row[6]), Double(row[7]), Double(row[8]));

    /// <summary>A row of time and value.</summary>
    public static WindowPercentile Percentile(JsonElement row) => new(Time(row[0]), Double(row[1]));

    public static IEnumerable<DerivedPoint> Points(JsonDocument answer, string measurement)
    {
        foreach (JsonElement series in Series(answer))
        {
            Dictionary<string, string> tags = series.TryGetProperty("tags", out JsonElement found)
                ? found.EnumerateObject().Where(tag => tag.Value.GetString() is { Length: > 0 }).ToDictionary(tag => tag.Name, tag => tag.Value.GetString()!)
                : [];
            string[] columns = [.. series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!)];
            foreach (JsonElement row in Values(series))
            {
                Dictionary<string, object> fields = [];
                for (int i = 1; i < columns.Length; i++)
                {
                    if (Field(row[i]) is { } value)
                    {
                        fields.Add(columns[i], value);
                    }
                }

                yield return new DerivedPoint(measurement, tags, fields, Time(row[0]));
            }
        }
    }

    public static long Number(JsonElement cell) => cell.ValueKind == JsonValueKind.Number ? cell.GetInt64() : 0;

    private static object? Field(JsonElement cell) => cell.ValueKind switch
    {
        JsonValueKind.Number => cell.GetDouble(),
        JsonValueKind.String => cell.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static JsonElement.ArrayEnumerator Series(JsonDocument answer) =>
        answer.RootElement.GetProperty("results")[0].TryGetProperty("series", out JsonElement series) ? series.EnumerateArray() : default;

    private static JsonElement.ArrayEnumerator Values(JsonElement series) =>
        series.TryGetProperty("values", out JsonElement rows) ? rows.EnumerateArray() : default;

    /// <summary>The time in a cell.</summary>
    public static DateTime Time(JsonElement cell) => UnixTime.FromNanoseconds(cell.GetInt64());

    private static double Double(JsonElement cell) => cell.ValueKind == JsonValueKind.Number ? cell.GetDouble() : double.NaN;
}
