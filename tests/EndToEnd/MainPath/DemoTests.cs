using System.Globalization;
using System.Text.Json;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.MainPath;

/// <summary><c>linewatch demo</c> as a newcomer runs it: everything embedded, history first, then live; stopped and started again.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_feeds_its_history_goes_live_stops_in_peace_and_resumes()
    {
        using TemporaryFolder data = new();
        int port = Loopback.FreePort();
        string[] arguments = ["demo", "--port", Text(port), "--mqtt-port", Text(Loopback.FreePort()), "--data", data["demo"]];
        using HttpClient api = LinewatchProcess.Api(port);
        DateTime begins = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1);
        int stored;
        DateTime reached;
        await using (LinewatchProcess first = LinewatchProcess.Start(arguments))
        {
            await first.UntilAsync(api, "lines", lines => lines.GetArrayLength() == 2, TimeSpan.FromMinutes(1));
            JsonElement lines = await first.UntilAsync(api, "lines", AreLive, TimeSpan.FromMinutes(4));

            // Two shifts of each line at least lie in the history; the first may have begun long before it, the running one a second ago.
            JsonElement shifts = await first.UntilAsync(api, "shifts", kept => Whole(kept, begins).Count() >= 4);
            Assert.All(Whole(shifts, begins), shift => Assert.InRange(shift.GetProperty("figures").GetProperty("oee").GetDouble(), 0.05, 1.2));

            // The job that forecasts wear is started once the history is in.
            await first.UntilAsync(api, "proposals", proposals => proposals.GetArrayLength() > 0, TimeSpan.FromMinutes(2));
            JsonElement balance = await first.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "pending") < 100);
            Assert.Equal(0, RecordedPlantTests.Total(balance, "difference"));
            Assert.Equal(0, RecordedPlantTests.Total(balance, "quarantined"));
            stored = RecordedPlantTests.Total(balance, "stored");
            reached = DataTime(lines);

            // The alarms of two lines for one operator: calm, and no flood.
            JsonElement alarms = (await first.UntilAsync(api, "reports/alarms", _ => true)).GetProperty("report");
            Assert.InRange(alarms.GetProperty("perOperatorHour").GetDouble(), 0.5, 6);
            Assert.Equal((0, 0), (alarms.GetProperty("floods").GetInt32(), alarms.GetProperty("chattering").GetArrayLength()));

            Assert.Equal(0, await first.InterruptAsync());
            Assert.Contains("Stopped", first.Output, StringComparison.Ordinal);
        }

        await using LinewatchProcess second = LinewatchProcess.Start(arguments);
        // While the figures are worked out anew from the store they may be seconds old: live is what comes after what was shown before.
        await second.UntilAsync(api, "lines", lines => AreLive(lines) && DataTime(lines) > reached, TimeSpan.FromMinutes(2));
        JsonElement after = await second.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "stored") > stored);
        Assert.True(RecordedPlantTests.Total(after, "stored") < stored + 20_000, "the history was fed in again");
        Assert.Equal(0, await second.InterruptAsync());
    }

    private static IEnumerable<JsonElement> Whole(JsonElement shifts, DateTime begins) =>
        shifts.EnumerateArray().Where(shift => shift.GetProperty("start").GetDateTime() >= begins);

    /// <summary>Whether every line shows figures of now.</summary>
    internal static bool AreLive(JsonElement lines) => lines.EnumerateArray().All(line =>
        line.GetProperty("dataTime").ValueKind == JsonValueKind.String
        && line.GetProperty("dataTime").GetDateTime() > TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1)
        && line.GetProperty("output").GetProperty("total").ValueKind == JsonValueKind.Number);

    private static DateTime DataTime(JsonElement lines) => lines.EnumerateArray().Min(line => line.GetProperty("dataTime").GetDateTime());

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
