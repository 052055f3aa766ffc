using System.Text.Json;

namespace Linewatch.Tests.EndToEnd.MainPath;

/// <summary>Asks an InfluxDB directly, past the product.</summary>
internal static class InfluxQuery
{
    /// <summary>Rows of every series: time in Unix nanoseconds, then the columns asked for.</summary>
    public static async Task<IReadOnlyList<JsonElement[]>> RowsAsync(Uri influx, string query)
    {
        using HttpClient client = new() { BaseAddress = influx };
        string answer = await client.GetStringAsync(new Uri($"query?db=linewatch&epoch=ns&q={Uri.EscapeDataString(query)}", UriKind.Relative));
        JsonElement result = JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("results")[0];
        return result.TryGetProperty("series", out JsonElement series)
            ? [.. series.EnumerateArray().SelectMany(one => one.GetProperty("values").EnumerateArray()).Select(row => row.EnumerateArray().ToArray())]
            : [];
    }
}
