using System.Globalization;
using System.Text.Json;
using Linewatch.Tests.EndToEnd.Grafana;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.MainPath;

/// <summary>What the Grafana dashboard asks is what the pipeline writes.</summary>
public sealed class DashboardFromPipelineTests
{
    [SkippableFact]
    public async Task Every_query_of_the_dashboard_returns_rows_from_what_the_pipeline_wrote()
    {
        await using Influxd influx = await Influxd.StartAsync();
        using TemporaryFolder data = new();
        int port = Loopback.FreePort();
        await using LinewatchProcess demo = LinewatchProcess.Start(
            ["demo", "--port", Text(port), "--mqtt-port", Text(Loopback.FreePort()), "--data", data["demo"]], RecordedPlantTests.Influx(influx));
        using HttpClient api = LinewatchProcess.Api(port);
        await demo.UntilAsync(api, "proposals", proposals => proposals.GetArrayLength() > 0, TimeSpan.FromMinutes(4));
        JsonElement alerts = await demo.UntilAsync(api, "alerts?line=line1&machine=filler&rule=anomaly", _ => true);
        string signal = alerts.GetArrayLength() > 0 ? alerts[0].GetProperty("signal").GetString()! : "bowl_pressure";
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;

        // The last figures, the balance among them, are written within a minute.
        IReadOnlyList<string> faults = [];
        using PeriodicTimer poll = new(TimeSpan.FromSeconds(1));
        for (int attempt = 0; attempt < 120; attempt++)
        {
            faults = await DashboardCheck.FaultsAsync(
                influx.Address,
                "linewatch",
                new Dictionary<string, string> { ["line"] = "line1", ["machine"] = "filler", ["signal"] = signal },
                now.AddHours(-25),
                now.AddMinutes(1),
                TimeSpan.FromMinutes(1));

            // A day without an anomaly at this machine has none to show.
            faults = [.. faults.Where(fault => alerts.GetArrayLength() > 0 || !fault.Contains("anomaly", StringComparison.Ordinal))];
            if (faults.Count == 0)
            {
                return;
            }

            await poll.WaitForNextTickAsync();
        }

        Assert.Empty(faults);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
