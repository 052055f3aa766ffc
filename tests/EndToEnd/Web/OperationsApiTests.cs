using System.Text;
using System.Text.Json;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.WorkOrders;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>What the API of alerts, notifications, maintenance and jobs refuses, and in which words; its happy paths are the life cycles' tests.</summary>
[Collection(WebTests.Name)]
public sealed class OperationsApiTests(WebPlant plant)
{
    [Theory]
    [InlineData("api/v1/incidents?limit=0", 400, "allowed: 1 to 10000")]
    [InlineData("api/v1/incidents/none", 404, "no incident none")]
    [InlineData("api/v1/notifications?state=Lost", 400, "Pending, Sent, Cancelled, Failed, Stale")]
    [InlineData("api/v1/reports/alarms?operators=0", 400, "allowed: 1 to 100")]
    [InlineData("api/v1/reports/alarms?line=line9", 404, "no line")]
    [InlineData("api/v1/reports/maintenance?from=2020-01-01&to=2026-01-01", 400, "at most 366")]
    [InlineData("api/v1/jobs/next?cron=often", 400, "not a cron expression")]
    [InlineData("api/v1/calendars/none/feed?key=guess", 404, "revoked")]
    [InlineData("api/v1/workorders/none/files/none", 404, "has no file")]
    [InlineData("api/v1/lines/line1/shifts/yesterday/report", 404, "/api/v1/shifts lists them")]
    public async Task Bad_questions_are_answered_with_what_is_allowed(string path, int status, string says) =>
        Assert.Contains(says, (await plant.GetAsync(path, status)).GetProperty("detail").GetString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("api/v1/incidents/none/acknowledge", """{}""", 404, "no incident")]
    [InlineData("api/v1/alerts/none/suppress", """{"days":0,"text":"x"}""", 400, "1 to 90")]
    [InlineData("api/v1/alerts/none/outofservice", """{"days":3,"text":"x"}""", 404, "no alert")]
    [InlineData("api/v1/notifications/none/retry", """{}""", 404, "no notification")]
    [InlineData("api/v1/notifications/channels/pigeon/test", """{}""", 404, "no channel \"pigeon\"")]
    [InlineData("api/v1/workorders", """{"title":"","line":"line1","machine":"filler","component":"x"}""", 400, "title is empty")]
    [InlineData("api/v1/workorders", """{"title":"a","line":"line9","machine":"filler","component":"x"}""", 400, "known: line1, line2")]
    [InlineData("api/v1/workorders", """{"title":"a","line":"line1","machine":"mixer","component":"x"}""", 400, "has no machine \"mixer\"")]
    [InlineData("api/v1/workorders", """{"title":"a","line":"line1","machine":"filler","component":"x","dueEarliest":"2027-01-02T00:00:00Z","dueLatest":"2027-01-01T00:00:00Z"}""", 400, "is before dueEarliest")]
    [InlineData("api/v1/workorders/none/parts", """{"part":"x","quantity":1,"unitCost":-1}""", 400, "unitCost is -1")]
    [InlineData("api/v1/workorders/none/labour", """{"person":"x","minutes":5}""", 404, "no work order")]
    [InlineData("api/v1/workorders/none/finding", """{"finding":"Broken"}""", 400, "finding")]
    [InlineData("api/v1/maintenanceplans/p", """{"title":"a","line":"line1","machine":"filler","component":"x"}""", 400, "either cron or meter")]
    [InlineData("api/v1/maintenanceplans/p", """{"title":"a","line":"line1","machine":"filler","component":"x","cron":"daily"}""", 400, "not a cron expression")]
    [InlineData("api/v1/maintenanceplans/p", """{"title":"a","line":"line1","machine":"filler","component":"x","meter":"a/b/c/d/e","meterEvery":5}""", 400, "no signal")]
    [InlineData("api/v1/maintenanceplans/p/remove", """{}""", 404, "no recurring task")]
    [InlineData("api/v1/calendars", """{"name":" "}""", 400, "name is empty")]
    [InlineData("api/v1/calendars/none/revoke", """{}""", 404, "no calendar feed")]
    [InlineData("api/v1/cmms", """{}""", 409, "no CMMS is set up")]
    [InlineData("api/v1/jobs/retain/schedule", """{"cron":"at noon"}""", 400, "not a cron expression")]
    [InlineData("api/v1/jobs/brew/schedule", """{}""", 404, "there is no job brew")]
    public async Task Bad_changes_are_refused_with_what_is_allowed(string path, string body, int status, string says)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await plant.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        string text = await response.Content.ReadAsStringAsync();

        Assert.True((int)response.StatusCode == status, $"{path} answered {(int)response.StatusCode}: {text}");
        Assert.Contains(says, JsonSerializer.Deserialize<JsonElement>(text).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_that_answers_an_incident_is_found_by_it()
    {
        Alert alert = await plant.RaiseAsync(nameof(Order_that_answers_an_incident_is_found_by_it));

        JsonElement order = await plant.PostAsync("api/v1/workorders", new { title = "Look at the bearing", line = "line1", machine = "filler", component = "bearing seat", incident = alert.IncidentId, author = "mara" });

        Assert.Equal("alert", order.GetProperty("origin").GetString());
        JsonElement found = Assert.Single((await plant.GetAsync($"api/v1/workorders?incident={alert.IncidentId}")).EnumerateArray());
        Assert.Equal(order.GetProperty("id").GetString(), found.GetProperty("id").GetString());
    }

    [Fact]
    public async Task File_that_is_too_large_is_refused_and_a_page_is_only_downloaded()
    {
        WorkOrder order = await plant.ProposeAsync("file cabinet");
        using ByteArrayContent large = new(new byte[WorkOrderFile.LargestAttachment + 1]);
        using HttpResponseMessage refused = await plant.Http.PutAsync(new Uri($"api/v1/workorders/{order.Id}/files/large.bin", UriKind.Relative), large);
        Assert.Equal(400, (int)refused.StatusCode);

        using StringContent page = new("<script>alert(1)</script>", Encoding.UTF8, "text/html");
        using HttpResponseMessage kept = await plant.Http.PutAsync(new Uri($"api/v1/workorders/{order.Id}/files/page.html", UriKind.Relative), page);
        kept.EnsureSuccessStatusCode();
        string file = (await plant.GetAsync($"api/v1/workorders/{order.Id}")).GetProperty("details").GetProperty("attachments")[0].GetProperty("id").GetString()!;
        using HttpResponseMessage download = await plant.Http.GetAsync(new Uri($"api/v1/workorders/{order.Id}/files/{file}", UriKind.Relative));

        Assert.Equal("attachment", download.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("sandbox", Assert.Single(download.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("<script>alert(1)</script>", await download.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Closed_order_that_found_a_failure_leaves_the_run_that_the_next_forecast_learns_from()
    {
        JsonElement order = await plant.PostAsync("api/v1/workorders", new { title = "Replace the optics", line = "line1", machine = "inspector", component = "optics", author = "mara" });
        string id = order.GetProperty("id").GetString()!;
        DateTime start = TimeProvider.System.GetUtcNow().UtcDateTime;
        await plant.PostAsync($"api/v1/workorders/{id}/approve", new { author = "mara" });
        await plant.PostAsync($"api/v1/workorders/{id}/schedule", new { start, end = start.AddHours(1), author = "mara" });
        await plant.PostAsync($"api/v1/workorders/{id}/start", new { author = "mara" });
        await plant.PostAsync($"api/v1/workorders/{id}/complete", new { author = "mara" });
        await plant.PostAsync($"api/v1/workorders/{id}/finding", new { finding = "Failed", text = "blind", author = "mara" });

        JsonElement run = await RunOfAsync(id);

        Assert.True(run.GetProperty("failed").GetBoolean());
        Assert.Equal("optics", run.GetProperty("component").GetString());
        Assert.NotEmpty(run.GetProperty("samples").EnumerateArray());
        Assert.True(run.GetProperty("unitsPerHour").GetDouble() > 0);
    }

    /// <summary>Triggers the forecast until it has kept the run that an order ended.</summary>
    private async Task<JsonElement> RunOfAsync(string order)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer again = new(TimeSpan.FromMilliseconds(300));
        while (true)
        {
            await plant.PostAsync("api/v1/jobs/forecast-wear/trigger", new { });
            await again.WaitForNextTickAsync(limit.Token);
            if (await plant.GetAsync($"api/v1/componentruns?order={order}") is var runs && runs.GetArrayLength() == 1)
            {
                return runs[0];
            }
        }
    }
}
