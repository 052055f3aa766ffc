using System.Text.Json;
using Linewatch.Operations.WorkOrders;
using Linewatch.Tests.EndToEnd.Web;
using static Microsoft.Playwright.Assertions;

namespace Linewatch.Tests.EndToEnd.Planning;

/// <summary>A proposal of the wear forecast becomes a planned job, is accepted, and stays where people put it; by API and in a browser.</summary>
[Collection(WebTests.Name)]
public sealed class PlanTests(WebPlant plant, Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Proposal_is_planned_accepted_and_pinned()
    {
        WorkOrder order = await plant.ProposeAsync("drive belt");
        JsonElement job = await PlannedAsync(order.Id);

        Assert.False(job.GetProperty("isPinned").GetBoolean());
        Assert.Contains("with 5 %", job.GetProperty("why").GetString(), StringComparison.Ordinal);
        JsonElement scheduled = await plant.PostAsync($"api/v1/plan/{order.Id}/accept", new { author = "pat" });
        Assert.Equal("Scheduled", scheduled.GetProperty("state").GetString());
        Assert.Equal(job.GetProperty("start").GetDateTime(), scheduled.GetProperty("scheduledStart").GetDateTime());

        await PlannedAsync(order.Id, isPinned: true);
        await plant.PostAsync($"api/v1/plan/{order.Id}/accept", new { author = "pat" }, status: 409);
        await plant.PostAsync("api/v1/plan/none/accept", new { author = "pat" }, status: 404);
        await plant.GetAsync("api/v1/plan/revisions?limit=0", status: 400);
    }

    [SkippableTheory]
    [InlineData("health-desktop-light", 1440, 900)]
    [InlineData("health-phone-light", 390, 844)]
    public async Task Health_of_machines_is_shown_as_the_job_scored_it(string name, int width, int height)
    {
        await plant.PostAsync("api/v1/jobs/forecast-wear/trigger", new { });
        JsonElement[] machines;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer again = new(TimeSpan.FromMilliseconds(200));
        while ((machines = [.. (await plant.GetAsync("api/v1/health?line=line1")).EnumerateArray()]).Length == 0)
        {
            await again.WaitForNextTickAsync(limit.Token);
        }

        Assert.All(machines, machine => Assert.InRange(machine.GetProperty("health").GetDouble(), 0, machine.GetProperty("components")[0].GetProperty("health").GetDouble()));
        await plant.GetAsync("api/v1/health?line=line99", status: 404);

        await using Screen screen = await browser.OpenAsync(plant.Address, "maintenance/health", width, height);
        await Expect(screen.Page.Locator("td").GetByText("%").First).ToBeVisibleAsync();
        await screen.ShootAsync(name);
        Assert.Empty(screen.Complaints);
        Assert.False(await screen.IsTooWideAsync(), "the page is wider than the screen");
    }

    [SkippableTheory]
    [InlineData("plan-desktop-light", 1440, 900, false)]
    [InlineData("plan-desktop-dark", 1440, 900, true)]
    [InlineData("plan-phone-light", 390, 844, false)]
    public async Task Plan_fits_every_screen(string name, int width, int height, bool dark)
    {
        WorkOrder order = await plant.ProposeAsync($"seal of {name}");
        await PlannedAsync(order.Id);

        await using Screen screen = await browser.OpenAsync(plant.Address, "plan", width, height, dark);
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Maintenance plan");
        await Expect(screen.Page.Locator($"[id='{order.Id}']")).ToContainTextAsync($"seal of {name}");
        await screen.ShootAsync(name);

        Assert.Empty(screen.Complaints);
        Assert.False(await screen.IsTooWideAsync(), "the page is wider than the screen");
    }

    /// <summary>Triggers the job until the order stands in the plan as wanted.</summary>
    private async Task<JsonElement> PlannedAsync(string order, bool isPinned = false)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer again = new(TimeSpan.FromMilliseconds(500));
        while (true)
        {
            await plant.PostAsync("api/v1/jobs/plan-maintenance/trigger", new { });
            await again.WaitForNextTickAsync(limit.Token);
            foreach (JsonElement job in (await plant.GetAsync("api/v1/plan")).GetProperty("jobs").EnumerateArray())
            {
                if (job.GetProperty("order").GetString() == order && job.GetProperty("isPinned").GetBoolean() == isPinned)
                {
                    return job;
                }
            }
        }
    }
}
