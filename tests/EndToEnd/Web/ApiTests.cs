using System.Globalization;
using System.Net;
using System.Text.Json;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Server.Live;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>The REST API over HTTP, with the product's own services behind it.</summary>
[Collection(WebTests.Name)]
public sealed class ApiTests(WebPlant plant)
{
    private Signal Numeric => plant.Services.GetRequiredService<CurrentPlant>().Value.Signals.First(signal => signal.Wear is not null);

    private string Path => Uri.EscapeDataString(Numeric.Path.ToString());

    [Fact]
    public async Task Plant_lists_lines_machines_and_signals_with_units()
    {
        JsonElement answer = await plant.GetAsync("api/v1/plant");

        JsonElement line = answer.GetProperty("lines")[0];
        Assert.Equal("line1", line.GetProperty("id").GetString());
        Assert.Contains(line.GetProperty("machines").EnumerateArray(), machine => machine.GetProperty("id").GetString() == line.GetProperty("criticalMachine").GetString());
        Assert.Contains(
            line.GetProperty("machines").EnumerateArray().SelectMany(machine => machine.GetProperty("signals").EnumerateArray()),
            signal => signal.GetProperty("path").GetString() == Numeric.Path.ToString() && signal.GetProperty("unit").GetString() == Numeric.Unit);
    }

    [Fact]
    public async Task Line_shows_an_oee_that_is_the_product_of_its_factors()
    {
        JsonElement oee = (await plant.GetAsync("api/v1/lines/line1")).GetProperty("oee");

        double product = oee.GetProperty("availability").GetDouble() * oee.GetProperty("performance").GetDouble() * oee.GetProperty("quality").GetDouble();
        Assert.Equal(oee.GetProperty("oee").GetDouble(), product, 9);
        Assert.InRange(oee.GetProperty("oee").GetDouble(), 0.01, 1.2);
    }

    [Fact]
    public async Task Timeline_tiles_the_shift_without_gap_or_overlap()
    {
        JsonElement line = await plant.GetAsync("api/v1/lines/line1");
        JsonElement[] intervals = [.. (await plant.GetAsync("api/v1/lines/line1/timeline")).EnumerateArray()];

        Assert.NotEmpty(intervals);
        Assert.Equal(line.GetProperty("shift").GetProperty("start").GetDateTime(), intervals[0].GetProperty("start").GetDateTime());
        Assert.All(intervals.Zip(intervals.Skip(1)), pair => Assert.Equal(pair.First.GetProperty("end").GetDateTime(), pair.Second.GetProperty("start").GetDateTime()));
    }

    [Fact]
    public async Task Readings_are_what_the_store_holds_in_order_and_within_the_range()
    {
        DateTime to = TimeProvider.System.GetUtcNow().UtcDateTime;
        string range = string.Create(CultureInfo.InvariantCulture, $"from={to.AddHours(-1):O}&to={to:O}");
        JsonElement answer = await plant.GetAsync($"api/v1/readings?signal={Path}&{range}");

        DateTime[] times = [.. answer.GetProperty("readings").EnumerateArray().Select(reading => reading.GetProperty("eventTime").GetDateTime())];
        Assert.NotEmpty(times);
        Assert.Equal(times.Order(), times);
        Assert.All(times, time => Assert.InRange(time, to.AddHours(-1), to));
        Assert.Equal(Numeric.Unit, answer.GetProperty("unit").GetString());
        Assert.False(answer.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Readings_beyond_the_limit_are_cut_and_say_so()
    {
        JsonElement answer = await plant.GetAsync($"api/v1/readings?signal={Path}&limit=3");

        Assert.Equal(3, answer.GetProperty("readings").GetArrayLength());
        Assert.True(answer.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Aggregates_count_every_reading_once()
    {
        DateTime hour = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1);
        string range = string.Create(CultureInfo.InvariantCulture, $"from={hour.AddMinutes(-30):O}&to={hour:O}");
        JsonElement raw = await plant.GetAsync($"api/v1/readings?signal={Path}&{range}");
        JsonElement windows = await plant.GetAsync($"api/v1/readings/aggregate?signal={Path}&{range}&window=5m");

        Assert.Equal(
            raw.GetProperty("readings").GetArrayLength(),
            windows.GetProperty("windows").EnumerateArray().Sum(window => window.GetProperty("count").GetInt64()));
        Assert.All(windows.GetProperty("windows").EnumerateArray(), window =>
            Assert.InRange(window.GetProperty("mean").GetDouble(), window.GetProperty("min").GetDouble() - 1e-9, window.GetProperty("max").GetDouble() + 1e-9));
    }

    [Fact]
    public async Task Csv_holds_a_row_for_each_reading()
    {
        JsonElement json = await plant.GetAsync($"api/v1/readings?signal={Path}&limit=5");
        string csv = await plant.Http.GetStringAsync(new Uri($"api/v1/readings?signal={Path}&limit=5&format=csv", UriKind.Relative));

        string[] rows = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, rows.Length);
        Assert.StartsWith("event_time,", rows[0], StringComparison.Ordinal);
        Assert.Equal(
            json.GetProperty("readings")[0].GetProperty("value").GetDouble(),
            double.Parse(rows[1].Split(',')[1], CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("api/v1/readings", 400, "signal is missing")]
    [InlineData("api/v1/readings?signal=a/b/c/d/e", 404, "/api/v1/plant lists every path")]
    [InlineData("api/v1/readings?signal={0}&from=yesterday", 400, "expected ISO 8601")]
    [InlineData("api/v1/readings?signal={0}&from=2026-11-22T10:00:00Z&to=2026-11-22T09:00:00Z", 400, "is not before")]
    [InlineData("api/v1/readings?signal={0}&limit=0", 400, "allowed: 1 to 100000")]
    [InlineData("api/v1/readings?signal={0}&limit=many", 400, "limit")]
    [InlineData("api/v1/readings?signal={0}&format=xml", 400, "allowed: json, csv")]
    [InlineData("api/v1/readings/aggregate?signal={0}&window=0m", 400, "a whole number and s, m, h or d")]
    [InlineData("api/v1/readings/aggregate?signal={0}&from=2020-01-01T00:00:00Z&window=1s", 400, "take longer windows")]
    [InlineData("api/v1/lines/line99", 404, "known: line1, line2")]
    [InlineData("api/v1/alerts/none", 404, "there is no alert none")]
    [InlineData("api/v1/alerts?limit=99999", 400, "allowed: 1 to 10000")]
    [InlineData("api/v1/workorders?state=lost", 400, "allowed: Proposed, Approved")]
    [InlineData("api/v1/jobs/runs?limit=0", 400, "allowed: 1 to 10000")]
    [InlineData("api/v1/balance?from=2020-01-01T00:00:00Z", 400, "at most 100 days")]
    [InlineData("api/v1/live?line=line99", 404, "there is no line")]
    [InlineData("api/v1/nothing", 404, "/openapi/v1.json describes every one")]
    public async Task A_wrong_request_is_told_what_is_wrong_and_what_is_allowed(string path, int status, string says)
    {
        JsonElement problem = await plant.GetAsync(path.Replace("{0}", Path, StringComparison.Ordinal), status);

        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Contains(says, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_refused_as_a_bad_request()
    {
        using StringContent body = new("{ not json", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await plant.Http.PostAsync(new Uri("api/v1/alerts/x/acknowledge", UriKind.Relative), body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_alert_is_acknowledged_once_and_keeps_its_history()
    {
        Alert alert = await plant.RaiseAsync(nameof(An_alert_is_acknowledged_once_and_keeps_its_history));

        JsonElement acknowledged = await plant.PostAsync($"api/v1/alerts/{alert.Id}/acknowledge", new { author = "mara", text = "on my way" });
        JsonElement again = await plant.PostAsync($"api/v1/alerts/{alert.Id}/acknowledge", new { author = "mara" }, 409);
        JsonElement found = await plant.GetAsync($"api/v1/alerts/{alert.Id}");

        Assert.Equal("Acknowledged", acknowledged.GetProperty("state").GetString());
        Assert.Contains("nothing to acknowledge", again.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(["Raised", "Acknowledged"], found.GetProperty("history").EnumerateArray().Select(happened => happened.GetProperty("kind").GetString()!));
    }

    [Fact]
    public async Task An_alert_is_shelved_for_a_time_with_a_reason_and_unshelved()
    {
        Alert alert = await plant.RaiseAsync(nameof(An_alert_is_shelved_for_a_time_with_a_reason_and_unshelved));

        await plant.PostAsync($"api/v1/alerts/{alert.Id}/shelve", new { minutes = 0, text = "x" }, 400);
        await plant.PostAsync($"api/v1/alerts/{alert.Id}/shelve", new { minutes = 30, text = "" }, 409);
        JsonElement shelved = await plant.PostAsync($"api/v1/alerts/{alert.Id}/shelve", new { minutes = 30, text = "sensor is being replaced" });
        JsonElement back = await plant.PostAsync($"api/v1/alerts/{alert.Id}/unshelve", new { });

        Assert.Equal("Shelved", shelved.GetProperty("shownState").GetString());
        Assert.Equal("Unacknowledged", back.GetProperty("shownState").GetString());
    }

    [Fact]
    public async Task A_proposal_is_approved_scheduled_worked_on_and_done()
    {
        WorkOrder order = await plant.ProposeAsync(nameof(A_proposal_is_approved_scheduled_worked_on_and_done));
        Assert.Contains((await plant.GetAsync("api/v1/proposals")).EnumerateArray(), each => each.GetProperty("id").GetString() == order.Id);

        await plant.PostAsync($"api/v1/workorders/{order.Id}/schedule", new { start = order.DueEarliest, end = order.DueLatest }, 409);
        await plant.PostAsync($"api/v1/workorders/{order.Id}/approve", new { author = "jon" });
        await plant.PostAsync($"api/v1/workorders/{order.Id}/schedule", new { start = order.DueEarliest, end = order.DueLatest });
        await plant.PostAsync($"api/v1/workorders/{order.Id}/start", new { });
        JsonElement done = await plant.PostAsync($"api/v1/workorders/{order.Id}/complete", new { text = "replaced" });

        Assert.Equal("Done", done.GetProperty("state").GetString());
        Assert.Equal(5, (await plant.GetAsync($"api/v1/workorders/{order.Id}")).GetProperty("history").GetArrayLength());
    }

    [Fact]
    public async Task A_job_is_paused_resumed_and_triggered()
    {
        string job = (await plant.GetAsync("api/v1/jobs"))[0].GetProperty("name").GetString()!;

        JsonElement paused = await plant.PostAsync($"api/v1/jobs/{job}/pause", new { minutes = 60, author = "jon", text = "line is being rebuilt" });
        JsonElement resumed = await plant.PostAsync($"api/v1/jobs/{job}/resume", new { });
        await plant.PostAsync($"api/v1/jobs/{job}/trigger", new { });
        await plant.PostAsync("api/v1/jobs/no-such-job/trigger", new { }, 404);

        Assert.NotEqual(JsonValueKind.Null, paused.GetProperty("pausedUntil").ValueKind);
        Assert.Equal(JsonValueKind.Null, resumed.GetProperty("pausedUntil").ValueKind);
    }

    [Fact]
    public async Task The_balance_accounts_for_every_message()
    {
        JsonElement answer = await plant.GetAsync("api/v1/balance");

        JsonElement totals = answer.GetProperty("totals");
        Assert.Equal(0, totals.GetProperty("difference").GetInt64());
        Assert.True(totals.GetProperty("stored").GetInt64() > 1000);
        Assert.NotEmpty(answer.GetProperty("rows").EnumerateArray());
    }

    [Fact]
    public async Task Status_names_every_part_and_says_that_it_works()
    {
        JsonElement status = await plant.GetAsync("api/v1/status");

        Assert.True(status.GetProperty("isOk").GetBoolean(), status.ToString());
        Assert.Superset(new HashSet<string> { "broker", "journal" }, status.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("part").GetString()!).ToHashSet());
    }

    [Fact]
    public void A_line_never_heard_from_has_no_figures_and_says_why()
    {
        Line line = plant.Services.GetRequiredService<CurrentPlant>().Value.Lines[0];

        LineNow silent = LineNow.Silent(line);

        Assert.Null(silent.Oee.Oee);
        Assert.Null(silent.Output.Good);
        Assert.Equal("no readings yet", silent.Oee.Undefined);
        Assert.Equal(line.Machines.Count, silent.Machines.Count);
    }
}
