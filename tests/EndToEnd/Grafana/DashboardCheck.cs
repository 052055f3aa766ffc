using System.Text.Json;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Grafana;

/// <summary>Runs every query of the dashboards against an InfluxDB, as Grafana would, and says what is wrong with each.</summary>
internal static class DashboardCheck
{
    /// <summary>The dashboards that are shipped.</summary>
    public static IReadOnlyList<string> Dashboards { get; } =
        Directory.GetFiles(Path.Combine(Tool.Repository, "dashboards", "grafana", "dashboards"), "*.json");

    /// <summary>
    /// The faults, one a query: an error, or no rows. Empty = every panel, variable and annotation would show something.
    /// </summary>
    /// <param name="influx">Address of the HTTP API.</param>
    /// <param name="database">Database that holds the readings.</param>
    /// <param name="variables">Values of the dashboard's variables: line, machine, signal.</param>
    /// <param name="from">Start of the range that is shown, UTC.</param>
    /// <param name="to">Its end.</param>
    /// <param name="interval">Grafana's interval: the range divided by the width in pixels.</param>
    public static async Task<IReadOnlyList<string>> FaultsAsync(
        Uri influx, string database, IReadOnlyDictionary<string, string> variables, DateTime from, DateTime to, TimeSpan interval)
    {
        using HttpClient client = new() { BaseAddress = influx };
        List<string> faults = [];
        foreach (DashboardQuery query in Dashboards.SelectMany(DashboardQuery.Read))
        {
            string text = query.Substituted(variables, from, to, interval);
            using FormUrlEncodedContent form = new([new("db", database), new("epoch", "ms"), new("q", text)]);
            using HttpResponseMessage response = await client.PostAsync(new Uri("query", UriKind.Relative), form);
            string body = await response.Content.ReadAsStringAsync();
            if (Fault(body) is { } fault)
            {
                faults.Add($"{query.Place}: {fault}: {text}");
            }
        }

        return faults;
    }

    private static string? Fault(string body)
    {
        using JsonDocument answer = JsonDocument.Parse(body);
        if (answer.RootElement.TryGetProperty("error", out JsonElement error))
        {
            return error.GetString();
        }

        JsonElement result = answer.RootElement.GetProperty("results")[0];
        if (result.TryGetProperty("error", out error))
        {
            return error.GetString();
        }

        return result.TryGetProperty("series", out JsonElement series) && series.EnumerateArray().Any(one => HasValue(one.GetProperty("values")))
            ? null
            : "no rows";
    }

    /// <summary>Whether any row has a value beside its time.</summary>
    private static bool HasValue(JsonElement rows) =>
        rows.EnumerateArray().Any(row => row.GetArrayLength() == 1 || row.EnumerateArray().Skip(1).Any(cell => cell.ValueKind != JsonValueKind.Null));
}
