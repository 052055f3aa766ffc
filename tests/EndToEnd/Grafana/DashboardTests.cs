using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Linewatch.Tests.EndToEnd.Grafana;

public sealed class DashboardTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 6, 0, 0, DateTimeKind.Utc);

    private static readonly Dictionary<string, string> Variables = new() { ["line"] = "line1", ["machine"] = "filler", ["signal"] = "bowl_pressure" };

    [SkippableFact]
    public async Task Every_query_of_the_dashboards_returns_rows_from_what_the_store_wrote()
    {
        await using Influxd influx = await Influxd.StartAsync();
        await FillAsync(influx.Address, "linewatch");

        IReadOnlyList<string> faults = await DashboardCheck.FaultsAsync(influx.Address, "linewatch", Variables, Start, Start.AddHours(1), TimeSpan.FromMinutes(1));

        Assert.Empty(faults);
    }

    [SkippableFact]
    public async Task Check_names_every_query_that_finds_nothing()
    {
        await using Influxd influx = await Influxd.StartAsync();
        await FillAsync(influx.Address, "linewatch");

        IReadOnlyList<string> faults = await DashboardCheck.FaultsAsync(
            influx.Address, "linewatch", new Dictionary<string, string>(Variables) { ["line"] = "line9" }, Start, Start.AddHours(1), TimeSpan.FromMinutes(1));

        Assert.Contains(faults, fault => fault.StartsWith("panel 'OEE' A: no rows", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("panel 'States' A: no rows", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.StartsWith("panel 'Message balance'", StringComparison.Ordinal));
    }

    [Fact]
    public void Dashboards_ask_the_provisioned_data_source_only()
    {
        Assert.NotEmpty(DashboardCheck.Dashboards);
        string source = File.ReadAllText(Path.Combine(Tool.Repository, "dashboards", "grafana", "provisioning", "datasources", "linewatch.yaml"));
        Assert.Contains("uid: linewatch\n", source, StringComparison.Ordinal);
        foreach (string file in DashboardCheck.Dashboards)
        {
            Assert.All(
                System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), "\"datasource\": \\{[^}]*\"uid\": \"([^\"]*)\"").Select(match => match.Groups[1].Value),
                uid => Assert.Equal("linewatch", uid));
        }
    }

    /// <summary>An hour of one machine and of everything that is derived from it.</summary>
    private static async Task FillAsync(Uri influx, string database)
    {
        IConfiguration section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kind"] = "influx", ["Url"] = influx.ToString(), ["Database"] = database, ["RetentionDays"] = "0",
        }).Build();
        await using ServiceProvider services = new ServiceCollection().AddStorage(section).BuildServiceProvider();
        IReadingStore store = services.GetRequiredService<IReadingStore>();
        await store.EnsureCreatedAsync(default);
        Signal pressure = new() { Path = new SignalPath("rhine", "hall1", "line1", "filler", "bowl_pressure"), Name = "Bowl pressure" };
        Assert.Empty(await store.WriteAsync(
            Enumerable.Range(0, 3600).Select(second => new Reading(pressure, Start.AddSeconds(second), 4 + Math.Sin(second / 60.0))).ToArray(), default));
        await store.WriteAsync([.. Enumerable.Range(0, 60).SelectMany(DerivedPoints)], default);
    }

    private static IEnumerable<DerivedPoint> DerivedPoints(int minute)
    {
        DateTime eventTime = Start.AddMinutes(minute);
        yield return Point("oee", eventTime, [("site", "rhine"), ("line", "line1")], [
            ("availability", 0.9), ("performance", 0.95), ("quality", 0.99), ("oee", 0.846), ("total", 600.0 * minute), ("good", 594.0 * minute), ("reject", 6.0 * minute)]);
        yield return Point("state", eventTime, [("site", "rhine"), ("area", "hall1"), ("line", "line1"), ("machine", "filler")], [("code", 6), ("bucket", minute % 7 == 0 ? "lack" : "run")]);
        yield return Point("loss", eventTime, [("site", "rhine"), ("line", "line1"), ("cause", "packer")], [("seconds", 5.0 * minute)]);
        if (minute == 30)
        {
            foreach ((string component, double health) in ((string, double)[])[("machine", 0.4), ("main bearing", 0.6)])
            {
                yield return Point("health", eventTime, [("site", "rhine"), ("area", "hall1"), ("line", "line1"), ("machine", "filler"), ("component", component)], [("health", health)]);
            }
        }

        if (minute % 20 == 0)
        {
            yield return Point("anomaly", eventTime, [("site", "rhine"), ("area", "hall1"), ("line", "line1"), ("machine", "filler"), ("signal", "bowl_pressure")], [
                ("score", 7.5), ("value", 5.2), ("lower", 3.8), ("upper", 4.2), ("severity", "high")]);
            yield return Point("balance", eventTime, [("source", "machines-json")], [("received", 100L), ("stored", 97L), ("duplicate", 2L), ("quarantined", 1L), ("pending", 0L)]);
        }
    }

    private static DerivedPoint Point(string measurement, DateTime eventTime, (string Name, string Value)[] tags, (string Name, object Value)[] fields) =>
        new(measurement, tags.ToDictionary(tag => tag.Name, tag => tag.Value), fields.ToDictionary(field => field.Name, field => field.Value), eventTime);
}
