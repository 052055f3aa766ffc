using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Tests.Contract.Operations;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Operations;

/// <summary>Every life cycle through the product's API, with kill −9 at each step: nothing is lost, nothing happens or is sent twice.</summary>
public sealed class LifeCycleTests
{
    private static readonly DateTime Now = TimeProvider.System.GetUtcNow().UtcDateTime;

    [Fact]
    public async Task Incident_from_the_stop_of_a_machine_to_its_end_is_told_once()
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        await using KilledLinewatch linewatch = new(KilledLinewatch.Plant(), Webhook(hook));
        await linewatch.StartAsync();
        DateTime stop = Now.AddMinutes(-20);
        await linewatch.PublishAsync("filler", stop.AddMinutes(-5), "\"state\": 6");

        // The packer behind it runs dry; both are one incident.
        await linewatch.StepAsync(() => linewatch.PublishAsync("filler", stop, "\"state\": 11"), async () => await StoredAsync(linewatch, 2));
        await linewatch.StepAsync(() => linewatch.PublishAsync("packer", stop.AddMinutes(1), "\"state\": 5"), async () => await StoredAsync(linewatch, 3));
        await linewatch.StepAsync(
            () => linewatch.PublishAsync("filler", stop.AddMinutes(3), "\"state\": 11"),
            async () => (await linewatch.GetAsync("incidents?open=true")).GetArrayLength() == 1);
        await linewatch.StepAsync(
            () => linewatch.PublishAsync("packer", stop.AddMinutes(7), "\"state\": 5"),
            async () => (await linewatch.GetAsync("alerts?open=true")).GetArrayLength() == 2);
        string id = Assert.Single((await linewatch.GetAsync("incidents?open=true")).EnumerateArray()).GetProperty("id").GetString()!;
        WebhookRequest told = await hook.NextAsync();
        Assert.Equal(id, JsonDocument.Parse(told.Body).RootElement.GetProperty("incident").GetString());
        string alert = (await linewatch.GetAsync("alerts?open=true&rule=own-failure"))[0].GetProperty("id").GetString()!;

        await linewatch.StepAsync(
            () => linewatch.PostAsync($"incidents/{id}/assign", new { assignee = "mara", author = "ann" }), async () => await TextAsync(linewatch, id, "assignee") == "mara");
        await linewatch.StepAsync(
            () => linewatch.PostAsync($"incidents/{id}/comment", new { text = "a torn belt", author = "mara" }), async () => await KindsAsync(linewatch, id, "Commented") == 1);
        await linewatch.StepAsync(
            () => linewatch.PostAsync($"incidents/{id}/acknowledge", new { author = "mara" }), async () => await TextAsync(linewatch, id, "acknowledgedBy") == "mara");
        await linewatch.StepAsync(
            () => linewatch.PostAsync($"alerts/{alert}/shelve", new { minutes = 60, text = "belt is being changed", author = "mara" }),
            async () => await ShownAsync(linewatch, alert) == "Shelved");
        await linewatch.StepAsync(() => linewatch.PostAsync($"alerts/{alert}/unshelve", new { author = "mara" }), async () => await ShownAsync(linewatch, alert) == "Acknowledged");
        await linewatch.StepAsync(
            () => linewatch.PostAsync($"alerts/{alert}/outofservice", new { days = 2, text = "sensor", author = "mara" }),
            async () => await ShownAsync(linewatch, alert) == "OutOfService");
        await linewatch.StepAsync(() => linewatch.PostAsync($"alerts/{alert}/unshelve", new { author = "mara" }), async () => await ShownAsync(linewatch, alert) == "Acknowledged");
        await linewatch.StepAsync(() => linewatch.PublishAsync("filler", stop.AddMinutes(10), "\"state\": 6"), async () => await StoredAsync(linewatch, 6));
        await linewatch.PublishAsync("packer", stop.AddMinutes(11), "\"state\": 6");
        await linewatch.StepAsync(
            async () =>
            {
                await linewatch.PublishAsync("filler", stop.AddMinutes(12), "\"state\": 6");
                await linewatch.PublishAsync("packer", stop.AddMinutes(12), "\"state\": 6");
            },
            async () => await TextAsync(linewatch, id, "state") == "Closed");

        JsonElement[] own = [.. (await linewatch.GetAsync($"alerts/{alert}")).GetProperty("history").EnumerateArray()];
        Assert.Equal(
            ["Raised", "Acknowledged", "Silenced", "Unsilenced", "Silenced", "Unsilenced", "Cleared"],
            own.Select(happened => happened.GetProperty("kind").GetString()));
        Assert.Equal(1, (await linewatch.GetAsync("incidents")).GetArrayLength());
        Assert.Equal("Filler has stopped by a fault of its own", await TextAsync(linewatch, id, "title"));

        // The escalation was stopped by acknowledging; what went out at once went out once.
        Assert.Equal(["0 Sent", "1 Cancelled"], States(await linewatch.GetAsync("notifications")));
        await AssertNothingElseAsync(hook, told);
    }

    [Fact]
    public async Task Escalation_that_falls_due_while_the_process_is_dead_is_told_once()
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        Dictionary<string, string> settings = new(Webhook(hook)) { ["Operations:Notifications:Routes:0:Steps:1:After"] = "00:00:03" };
        await using KilledLinewatch linewatch = new(KilledLinewatch.Plant(), settings);
        await linewatch.StartAsync();
        DateTime stop = Now.AddMinutes(-20);
        foreach ((int minute, int state) in ((int, int)[])[(-5, 6), (0, 11), (3, 11)])
        {
            await linewatch.PublishAsync("filler", stop.AddMinutes(minute), $"\"state\": {state}");
        }

        WebhookRequest first = await hook.NextAsync();
        Assert.Equal(0, Step(first));
        await linewatch.UntilAsync("notifications", told => States(told).Contains("0 Sent"));
        await linewatch.KillAsync();
        await linewatch.StartAsync();
        WebhookRequest second = await OtherAsync(hook, first);
        Assert.Equal(1, Step(second));
        await linewatch.UntilAsync("notifications", told => States(told).Contains("1 Sent"));
        string id = Assert.Single((await linewatch.GetAsync("incidents?open=true")).EnumerateArray()).GetProperty("id").GetString()!;
        await linewatch.StepAsync(
            () => linewatch.PostAsync($"incidents/{id}/acknowledge", new { author = "mara" }), async () => await TextAsync(linewatch, id, "acknowledgedBy") == "mara");

        Assert.Equal(["0 Sent", "1 Sent"], States(await linewatch.GetAsync("notifications")));
        await AssertNothingElseAsync(hook, first, second);
    }

    [Fact]
    public async Task Channel_of_kind_Mqtt_is_heard_by_a_client_of_the_broker()
    {
        Dictionary<string, string> settings = new()
        {
            ["Operations:Notifications:Channels:out:Kind"] = "Mqtt",
            ["Operations:Notifications:Channels:out:Topic"] = "lab/alerts",
        };
        await using KilledLinewatch linewatch = new(KilledLinewatch.Plant(), settings);
        await linewatch.StartAsync();
        await using MqttClient client = await linewatch.ConnectAsync();
        await client.SubscribeAsync("lab/alerts", MqttQoS.AtLeastOnce, CancellationToken.None);

        await linewatch.PostAsync("notifications/channels/out/test", new { author = "ann" });

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        await foreach (MqttMessage message in client.ReadAllAsync(limit.Token))
        {
            using JsonDocument told = JsonDocument.Parse(message.Payload);
            Assert.Equal(("test", "ann"), (told.RootElement.GetProperty("type").GetString(), told.RootElement.GetProperty("author").GetString()));
            break;
        }
    }

    [Fact]
    public async Task Work_order_from_proposal_to_done_keeps_everything_once()
    {
        await using KilledLinewatch linewatch = new(KilledLinewatch.Plant());
        await linewatch.StartAsync();
        await linewatch.StepAsync(
            () => linewatch.PostAsync("workorders", new { title = "Replace the belt", line = "line1", machine = "filler", component = "belt", checklist = new[] { "lock out" }, author = "ann" }),
            async () => (await linewatch.GetAsync("workorders")).GetArrayLength() == 1);
        string id = (await linewatch.GetAsync("workorders"))[0].GetProperty("id").GetString()!;
        string stop = string.Create(CultureInfo.InvariantCulture, $"filler@{Now:yyyyMMdd'T'HHmmss.fff}Z");

        (string Address, object Body, Func<JsonElement, bool> IsDone)[] steps =
        [
            ("approve", new { author = "ann" }, order => State(order) == "Approved"),
            ("assign", new { assignee = "pat", author = "ann" }, order => order.GetProperty("order").GetProperty("assignee").GetString() == "pat"),
            ("schedule", new { start = Now.AddDays(1), end = Now.AddDays(1).AddHours(2), author = "ann" }, order => State(order) == "Scheduled"),
            ("stops", new { line = "line1", stop, author = "ann" }, order => order.GetProperty("stops").GetArrayLength() == 1),
            ("start", new { author = "pat" }, order => State(order) == "InProgress"),
            ("checks", new { text = "tension 40 N", author = "pat" }, order => Details(order, "checklist").GetArrayLength() == 2),
            ("checks/1/done", new { author = "pat" }, order => Details(order, "checklist")[0].GetProperty("doneBy").GetString() == "pat"),
            ("checks/2/done", new { author = "pat" }, order => Details(order, "checklist")[1].GetProperty("doneBy").GetString() == "pat"),
            ("parts", new { part = "belt 12-340", quantity = 2, unitCost = 41.5, author = "pat" }, order => Details(order, "parts").GetArrayLength() == 1),
            ("labour", new { person = "pat", minutes = 90, hourlyCost = 60, author = "pat" }, order => Details(order, "labour").GetArrayLength() == 1),
            ("finding", new { finding = "Worn", text = "frayed", measuredBefore = 3.2, measuredAfter = 0.9, author = "pat" }, order => order.GetProperty("order").GetProperty("finding").GetString() == "Worn"),
            ("complete", new { author = "pat" }, order => State(order) == "Done"),
        ];
        foreach ((string address, object body, Func<JsonElement, bool> isDone) in steps)
        {
            if (address == "complete")
            {
                byte[] photo = RandomNumberGenerator.GetBytes(100_000);
                await linewatch.StepAsync(() => AttachAsync(linewatch, id, photo), async () => Details(await linewatch.GetAsync($"workorders/{id}"), "attachments").GetArrayLength() == 1);
                string file = Details(await linewatch.GetAsync($"workorders/{id}"), "attachments")[0].GetProperty("id").GetString()!;
                Assert.Equal(photo, await linewatch.Http.GetByteArrayAsync(new Uri($"workorders/{id}/files/{file}", UriKind.Relative)));
            }

            await linewatch.StepAsync(() => linewatch.PostAsync($"workorders/{id}/{address}", body), async () => isDone(await linewatch.GetAsync($"workorders/{id}")));
        }

        JsonElement done = await linewatch.GetAsync($"workorders/{id}");
        Assert.Equal(173m, done.GetProperty("cost").GetDecimal());
        Assert.Equal(
            ["Proposed", "Approved", "Assigned", "Scheduled", "Linked", "InProgress", "CheckAdded", "CheckedOff", "CheckedOff", "PartUsed", "LabourAdded", "Found", "Attached", "Done"],
            done.GetProperty("history").EnumerateArray().Select(happened => happened.GetProperty("kind").GetString()));
        Assert.Equal(id, (await linewatch.GetAsync($"workorders?stop=line1/{stop}"))[0].GetProperty("id").GetString());
        JsonElement report = (await linewatch.GetAsync("reports/maintenance")).GetProperty("report");
        Assert.Equal((1, 173m, 1.0), (report.GetProperty("done").GetInt32(), report.GetProperty("cost").GetDecimal(), report.GetProperty("plannedShare").GetDouble()));
        Assert.Contains("Replace the belt", await linewatch.Http.GetStringAsync(new Uri("workorders/csv", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Round_trip_with_an_outside_cmms_survives_kills_on_both_ways()
    {
        await using WebhookReceiver cmms = await WebhookReceiver.StartAsync(Loopback.FreePort());
        Dictionary<string, string> settings = new()
        {
            ["Operations:Notifications:Channels:cmms:Kind"] = "Webhook",
            ["Operations:Notifications:Channels:cmms:Address"] = cmms.Address,
            ["Operations:Notifications:Channels:cmms:Secret"] = "out",
            ["Operations:Cmms:Channel"] = "cmms",
            ["Operations:Cmms:Secret"] = "back",
        };
        await using KilledLinewatch linewatch = new(KilledLinewatch.Plant(), settings);
        await linewatch.StartAsync();
        await linewatch.StepAsync(
            () => linewatch.PostAsync("workorders", new { title = "Grease", line = "line1", machine = "filler", component = "bearing" }),
            async () => (await linewatch.GetAsync("workorders")).GetArrayLength() == 1);
        WebhookRequest told = await cmms.NextAsync();
        string id = JsonDocument.Parse(told.Body).RootElement.GetProperty("workOrder").GetProperty("Id").GetString()!;
        Assert.StartsWith("t=", told.Signature, StringComparison.Ordinal);

        // The CMMS approves under its own number; delivered twice, with a kill in between.
        string approval = $$"""{"eventId":"e1","workOrder":"{{id}}","externalId":"4711","state":"Approved","comment":"budget is there"}""";
        await linewatch.StepAsync(() => ReportAsync(linewatch, approval, "back"), async () => State(await linewatch.GetAsync($"workorders/{id}")) == "Approved");
        await ReportAsync(linewatch, approval, "back");
        await Assert.ThrowsAsync<HttpRequestException>(() => ReportAsync(linewatch, approval.Replace("e1", "e2", StringComparison.Ordinal), "guessed"));
        await linewatch.StepAsync(
            () => linewatch.PostAsync($"workorders/{id}/schedule", new { start = Now.AddDays(2), end = Now.AddDays(2).AddHours(1), author = "ann" }),
            async () => State(await linewatch.GetAsync($"workorders/{id}")) == "Scheduled");

        JsonElement order = await linewatch.GetAsync($"workorders/{id}");
        Assert.Equal("4711", order.GetProperty("order").GetProperty("externalId").GetString());
        Assert.Equal(["Proposed", "Approved", "Scheduled"], order.GetProperty("history").EnumerateArray().Select(happened => happened.GetProperty("kind").GetString()));

        // Its own approval is not told back to it; each of ours is told under one key.
        WebhookRequest next = await OtherAsync(cmms, told);
        string[] keys = [told.IdempotencyKey, next.IdempotencyKey];
        Assert.Equal("Scheduled", JsonDocument.Parse(next.Body).RootElement.GetProperty("state").GetString());
        await linewatch.UntilAsync("notifications", all => all.EnumerateArray().All(each => each.GetProperty("state").GetString() == "Sent"));
        Assert.Equal(keys.Order(), (await linewatch.GetAsync("notifications")).EnumerateArray().Select(each => each.GetProperty("id").GetString()!).Order());
    }

    [Fact]
    public async Task Recurring_task_by_meter_opens_one_order_and_its_calendar_feed_can_be_revoked()
    {
        await using KilledLinewatch linewatch = new(KilledLinewatch.Plant());
        await linewatch.StartAsync();
        await linewatch.StepAsync(
            () => linewatch.PostAsync("maintenanceplans/lube", new { title = "Lubricate", line = "line1", machine = "filler", component = "chain", meter = "lab/hall1/line1/filler/hours", meterEvery = 100, checklist = "clean\ngrease" }),
            async () => (await linewatch.GetAsync("maintenanceplans")).GetArrayLength() == 1);
        await linewatch.PublishAsync("filler", Now.AddMinutes(-9), "\"hours\": 1000");
        await RunAsync(linewatch, "recurring-orders");
        Assert.Equal(0, (await linewatch.GetAsync("workorders")).GetArrayLength());

        await linewatch.PublishAsync("filler", Now.AddMinutes(-8), "\"hours\": 1130");
        await linewatch.UntilAsync("balance", answer => answer.GetProperty("totals").GetProperty("pending").GetInt64() == 0);
        await linewatch.StepAsync(() => linewatch.PostAsync("jobs/recurring-orders/trigger", new { }), async () => (await linewatch.GetAsync("workorders")).GetArrayLength() == 1);
        await RunAsync(linewatch, "recurring-orders");
        string id = Assert.Single((await linewatch.GetAsync("workorders")).EnumerateArray()).GetProperty("id").GetString()!;
        Assert.Equal(2, Details(await linewatch.GetAsync($"workorders/{id}"), "checklist").GetArrayLength());

        await linewatch.PostAsync($"workorders/{id}/approve", new { });
        await linewatch.PostAsync($"workorders/{id}/schedule", new { start = Now.AddDays(1), end = Now.AddDays(1).AddHours(1) });
        JsonElement made = await linewatch.PostAsync("calendars", new { name = "crew" });
        Uri feed = new(made.GetProperty("address").GetString()!);
        string feedId = made.GetProperty("feed").GetProperty("id").GetString()!;
        await linewatch.KillAsync();
        await linewatch.StartAsync();
        string text = await linewatch.Http.GetStringAsync(feed);
        Assert.Contains("SUMMARY:Lubricate", text, StringComparison.Ordinal);
        Assert.Contains("DTSTART;TZID=", text, StringComparison.Ordinal);
        string first = Sequence(text);
        await linewatch.PostAsync($"workorders/{id}/schedule", new { start = Now.AddDays(2), end = Now.AddDays(2).AddHours(1) });
        Assert.True(int.Parse(Sequence(await linewatch.Http.GetStringAsync(feed)), CultureInfo.InvariantCulture) > int.Parse(first, CultureInfo.InvariantCulture));

        await linewatch.StepAsync(
            () => linewatch.PostAsync($"calendars/{feedId}/revoke", new { author = "ann" }),
            async () => (await linewatch.GetAsync("calendars"))[0].GetProperty("revokedBy").GetString() == "ann");
        using HttpResponseMessage gone = await linewatch.Http.GetAsync(feed);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Job_settings_survive_kills_and_shift_reports_are_mailed_once()
    {
        await using SmtpSink mail = new();
        Dictionary<string, string> settings = new()
        {
            ["Operations:Notifications:Channels:shift:Kind"] = "Smtp",
            ["Operations:Notifications:Channels:shift:Host"] = "127.0.0.1",
            ["Operations:Notifications:Channels:shift:Port"] = mail.Port.ToString(CultureInfo.InvariantCulture),
            ["Operations:Notifications:Channels:shift:UseTls"] = "false",
            ["Operations:Notifications:Channels:shift:From"] = "linewatch@plant.example",
            ["Operations:Notifications:Channels:shift:To:0"] = "shift@plant.example",
            ["Operations:ShiftReports:Channels:0"] = "shift",
        };
        DateTime start = Now.AddHours(-3);
        start = start.Date.AddHours(start.Hour);
        string shifts = string.Create(CultureInfo.InvariantCulture, $"shifts: [ {{ name: Proof, start: \"{start:HH:mm}\", end: \"{start.AddHours(1):HH:mm}\", days: [Mon, Tue, Wed, Thu, Fri, Sat, Sun] }} ]");
        await using KilledLinewatch linewatch = new(KilledLinewatch.Plant(shifts), settings);
        await linewatch.StartAsync();
        await linewatch.StepAsync(
            () => linewatch.PostAsync("jobs/report-shifts/schedule", new { cron = "0 0 0 1 1 ?" }), async () => (await JobAsync(linewatch)).GetProperty("cron").GetString() == "0 0 0 1 1 ?");
        await linewatch.StepAsync(
            () => linewatch.PostAsync("jobs/report-shifts/pause", new { minutes = 60, text = "audit", author = "ann" }), async () => (await JobAsync(linewatch)).GetProperty("pausedBy").GetString() == "ann");
        await linewatch.StepAsync(
            () => linewatch.PostAsync("jobs/report-shifts/resume", new { }), async () => (await JobAsync(linewatch)).GetProperty("pausedUntil").ValueKind == JsonValueKind.Null);

        for (int minute = 0; minute <= 75; minute += 5)
        {
            await linewatch.PublishAsync("filler", start.AddMinutes(minute), minute is > 20 and < 40 ? "\"state\": 11" : "\"state\": 6");
        }

        await linewatch.UntilAsync("shifts", answer => answer.GetArrayLength() == 1);
        await linewatch.StepAsync(() => linewatch.PostAsync("jobs/report-shifts/trigger", new { }), async () => (await linewatch.GetAsync("notifications")).GetArrayLength() == 1);
        string text = await mail.NextMailAsync();
        await RunAsync(linewatch, "report-shifts");
        await linewatch.UntilAsync("notifications", answer => answer.GetArrayLength() == 1 && answer[0].GetProperty("state").GetString() == "Sent");

        Assert.Contains("text/html", text, StringComparison.Ordinal);
        Assert.Contains(".csv", text, StringComparison.Ordinal);
        string address = string.Create(CultureInfo.InvariantCulture, $"lines/line1/shifts/{start:yyyy-MM-dd'T'HH:mm:ss'Z'}/report");
        string html = await linewatch.Http.GetStringAsync(new Uri(address, UriKind.Relative));
        Assert.Contains("Line 1, shift Proof", html, StringComparison.Ordinal);
        Assert.Contains("Breakdown", html, StringComparison.Ordinal);
        string csv = await linewatch.Http.GetStringAsync(new Uri(address + "?format=csv", UriKind.Relative));
        Assert.Contains("loss,Breakdown,", csv, StringComparison.Ordinal);

        // What a run left half done is told so, and every run is in the history.
        JsonElement runs = await linewatch.GetAsync("jobs/runs?job=report-shifts");
        Assert.All(runs.EnumerateArray(), run => Assert.Contains(run.GetProperty("outcome").GetString(), (string[])["Succeeded", "Abandoned", "Cancelled"]));
    }

    private static Dictionary<string, string> Webhook(WebhookReceiver hook) => new()
    {
        ["Operations:Notifications:Channels:hook:Kind"] = "Webhook",
        ["Operations:Notifications:Channels:hook:Address"] = hook.Address,
        ["Operations:Notifications:Routes:0:Name"] = "all",
        ["Operations:Notifications:Routes:0:Steps:0:Channel"] = "hook",
        ["Operations:Notifications:Routes:0:Steps:1:Channel"] = "hook",
        ["Operations:Notifications:Routes:0:Steps:1:After"] = "01:00:00",
    };

    private static IEnumerable<string> States(JsonElement notifications) =>
        notifications.EnumerateArray().Select(each => $"{each.GetProperty("step").GetInt64()} {each.GetProperty("state").GetString()}").Order();

    private static int Step(WebhookRequest request) => JsonDocument.Parse(request.Body).RootElement.GetProperty("step").GetInt32();

    /// <summary>The next request that does not repeat an earlier one: a kill between sending and noting it sends it again under its key.</summary>
    private static async Task<WebhookRequest> OtherAsync(WebhookReceiver hook, WebhookRequest earlier)
    {
        WebhookRequest next = await hook.NextAsync();
        while (next.IdempotencyKey == earlier.IdempotencyKey)
        {
            next = await hook.NextAsync();
        }

        return next;
    }

    private static async Task AssertNothingElseAsync(WebhookReceiver hook, params WebhookRequest[] told)
    {
        while (hook.HasRequest)
        {
            Assert.Contains((await hook.NextAsync()).IdempotencyKey, told.Select(request => request.IdempotencyKey));
        }
    }

    private static async Task<bool> StoredAsync(KilledLinewatch linewatch, int messages) =>
        (await linewatch.GetAsync("balance")).GetProperty("totals").GetProperty("stored").GetInt32() >= messages;

    private static async Task<string?> TextAsync(KilledLinewatch linewatch, string incident, string property) =>
        (await linewatch.GetAsync($"incidents/{incident}")).GetProperty("incident").GetProperty(property).GetString();

    private static async Task<int> KindsAsync(KilledLinewatch linewatch, string incident, string kind) =>
        (await linewatch.GetAsync($"incidents/{incident}")).GetProperty("history").EnumerateArray().Count(happened => happened.GetProperty("kind").GetString() == kind);

    private static async Task<string?> ShownAsync(KilledLinewatch linewatch, string alert) =>
        (await linewatch.GetAsync($"alerts/{alert}")).GetProperty("alert").GetProperty("shownState").GetString();

    private static async Task<JsonElement> JobAsync(KilledLinewatch linewatch) =>
        (await linewatch.GetAsync("jobs")).EnumerateArray().Single(job => job.GetProperty("name").GetString() == "report-shifts");

    private static async Task RunAsync(KilledLinewatch linewatch, string job)
    {
        int before = (await linewatch.GetAsync($"jobs/runs?job={job}")).GetArrayLength();
        await linewatch.PostAsync($"jobs/{job}/trigger", new { });
        await linewatch.UntilAsync($"jobs/runs?job={job}", runs => runs.GetArrayLength() > before && runs[0].GetProperty("outcome").GetString() == "Succeeded");
    }

    private static async Task AttachAsync(KilledLinewatch linewatch, string order, byte[] photo)
    {
        using ByteArrayContent content = new(photo);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using HttpResponseMessage response = await linewatch.Http.PutAsync(new Uri($"workorders/{order}/files/belt.jpg?author=pat", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }

    private static async Task ReportAsync(KilledLinewatch linewatch, string body, string secret)
    {
        long seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        byte[] signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}.{body}"));
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        content.Headers.Add("X-Linewatch-Signature", $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}");
        using HttpResponseMessage response = await linewatch.Http.PostAsync(new Uri("cmms", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }

    private static string Sequence(string calendar) => calendar.Split("\r\n").Single(line => line.StartsWith("SEQUENCE:", StringComparison.Ordinal))["SEQUENCE:".Length..];

    private static string? State(JsonElement order) => order.GetProperty("order").GetProperty("state").GetString();

    private static JsonElement Details(JsonElement order, string list) => order.GetProperty("details").GetProperty(list);
}
