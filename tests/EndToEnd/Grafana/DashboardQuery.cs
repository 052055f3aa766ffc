using System.Globalization;
using System.Text.Json;

namespace Linewatch.Tests.EndToEnd.Grafana;

/// <summary>One query of a dashboard file: of a panel, a variable or an annotation.</summary>
/// <param name="Place">Where it stands, for people: panel title and query letter.</param>
/// <param name="Text">InfluxQL with Grafana's macros and variables.</param>
internal sealed record DashboardQuery(string Place, string Text)
{
    /// <summary>Every query of a dashboard.</summary>
    public static IReadOnlyList<DashboardQuery> Read(string dashboardFile)
    {
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllBytes(dashboardFile));
        JsonElement root = dashboard.RootElement;
        return
        [
            .. from panel in Panels(root)
               where panel.TryGetProperty("targets", out _)
               from target in panel.GetProperty("targets").EnumerateArray()
               select new DashboardQuery($"panel '{panel.GetProperty("title").GetString()}' {target.GetProperty("refId").GetString()}", target.GetProperty("query").GetString()!),
            .. from variable in root.GetProperty("templating").GetProperty("list").EnumerateArray()
               where variable.GetProperty("type").GetString() == "query"
               select new DashboardQuery($"variable '{variable.GetProperty("name").GetString()}'", variable.GetProperty("query").GetString()!),
            .. from annotation in root.GetProperty("annotations").GetProperty("list").EnumerateArray()
               where annotation.TryGetProperty("query", out _)
               select new DashboardQuery($"annotation '{annotation.GetProperty("name").GetString()}'", annotation.GetProperty("query").GetString()!),
        ];
    }

    /// <summary>The query as Grafana sends it: macros and variables replaced.</summary>
    /// <exception cref="InvalidOperationException">A macro or variable remains.</exception>
    public string Substituted(IReadOnlyDictionary<string, string> variables, DateTime from, DateTime to, TimeSpan interval)
    {
        string milliseconds = ((long)interval.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        string query = Text
            .Replace("$timeFilter", FormattableString.Invariant($"time >= {UnixMilliseconds(from)}ms and time <= {UnixMilliseconds(to)}ms"), StringComparison.Ordinal)
            .Replace("$__interval_ms", milliseconds, StringComparison.Ordinal)
            .Replace("$__interval", milliseconds + "ms", StringComparison.Ordinal);
        foreach ((string name, string value) in variables)
        {
            query = query.Replace("${" + name + "}", value, StringComparison.Ordinal);
        }

        return query.Contains('$', StringComparison.Ordinal)
            ? throw new InvalidOperationException($"{Place}: a macro or variable without a value in: {query}")
            : query;
    }

    private static long UnixMilliseconds(DateTime utc) => new DateTimeOffset(utc).ToUnixTimeMilliseconds();

    /// <summary>Panels, and those inside collapsed rows.</summary>
    private static IEnumerable<JsonElement> Panels(JsonElement owner) =>
        owner.TryGetProperty("panels", out JsonElement panels)
            ? panels.EnumerateArray().SelectMany(panel => Panels(panel).Prepend(panel))
            : [];
}
