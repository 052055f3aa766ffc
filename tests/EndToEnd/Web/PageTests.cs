using Linewatch.Operations.Alerts;
using Linewatch.Operations.WorkOrders;
using Linewatch.Server.Live;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>The pages in a real browser.</summary>
[Collection(WebTests.Name)]
public sealed class PageTests(WebPlant plant, Browser browser) : IClassFixture<Browser>
{
    public static TheoryData<string, string, int, int, bool> Screens()
    {
        TheoryData<string, string, int, int, bool> screens = [];
        (string Name, string Path)[] pages =
        [
            ("overview", ""), ("line", "lines/line1?range=8h"), ("alerts", "alerts"), ("maintenance", "maintenance"), ("jobs", "jobs"), ("data", "data"),
            ("alarm-report", "alerts/report"), ("notifications", "notifications"), ("plans", "maintenance/plans"),
            ("calendars", "maintenance/calendars"), ("maintenance-report", "maintenance/report"), ("detectors", "detectors"),
        ];
        foreach ((string name, string path) in pages)
        {
            screens.Add($"{name}-desktop-light", path, 1440, 900, false);
            screens.Add($"{name}-desktop-dark", path, 1440, 900, true);
            screens.Add($"{name}-phone-light", path, 390, 844, false);
        }

        screens.Add("tv-light", "tv/line1", 1920, 1080, false);
        screens.Add("tv-dark", "tv/line1", 1920, 1080, true);
        screens.Add("tv-phone", "tv/line1", 390, 844, true);
        return screens;
    }

    [SkippableTheory]
    [MemberData(nameof(Screens))]
    public async Task Every_page_fits_every_screen_without_a_complaint(string name, string path, int width, int height, bool dark)
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, path, width, height, dark);

        await Expect(screen.Page.Locator("h1").First).Not.ToBeEmptyAsync();
        if (name.StartsWith("tv", StringComparison.Ordinal))
        {
            await Expect(screen.Page.Locator("[data-oee]")).ToContainTextAsync("%");
        }

        await screen.ShootAsync(name);
        Assert.Empty(screen.Complaints);
        Assert.False(await screen.IsTooWideAsync(), "the page is wider than the screen");
        Assert.Equal(dark ? "dark" : "light", await screen.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
    }

    [SkippableFact]
    public async Task The_overview_shows_the_figure_that_the_api_gives()
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, "");
        LivePlant live = (LivePlant)plant.Services.GetService(typeof(LivePlant))!;

        // Both move on while the plant runs: they must meet.
        ILocator figure = screen.Page.Locator(".line-card").First.Locator(".oee-figure");
        using PeriodicTimer again = new(TimeSpan.FromMilliseconds(100));
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (await figure.InnerTextAsync() != Figure.Percent(live.Find("line1")!.Oee.Oee))
        {
            await again.WaitForNextTickAsync(limit.Token);
        }
    }

    [SkippableFact]
    public async Task A_changed_figure_appears_by_itself()
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, "lines/line2");
        LivePlant live = (LivePlant)plant.Services.GetService(typeof(LivePlant))!;
        await screen.Page.EvaluateAsync("document.querySelector('h1').kept = 'yes'");

        // Until the browser listens, a change is not heard: publish it until it shows.
        ILocator order = screen.Page.Locator(".sub");
        using PeriodicTimer again = new(TimeSpan.FromMilliseconds(100));
        while (!(await order.InnerTextAsync()).Contains("order A-4711", StringComparison.Ordinal))
        {
            live.Publish(live.Find("line2")! with { Order = "A-4711" });
            await again.WaitForNextTickAsync();
        }

        Assert.Equal("yes", await screen.Page.EvaluateAsync<string>("document.querySelector('h1').kept ?? 'replaced'"));
    }

    [SkippableFact]
    public async Task An_alert_appears_by_itself_and_is_acknowledged_by_its_button()
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, "alerts");
        Alert alert = await plant.RaiseAsync(nameof(An_alert_appears_by_itself_and_is_acknowledged_by_its_button));

        ILocator item = screen.Page.Locator($"li[id='{alert.IncidentId}']");
        await Expect(item).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await item.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();

        await Expect(item.Locator(".item-state")).ToHaveTextAsync("Acknowledged");
        Assert.Equal("Acknowledged", (await plant.GetAsync($"api/v1/alerts/{alert.Id}")).GetProperty("alert").GetProperty("state").GetString());
    }

    [SkippableTheory]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    [InlineData(390, false)]
    public async Task An_incident_is_looked_into_assigned_and_its_alert_shelved(int width, bool dark)
    {
        Alert alert = await plant.RaiseAsync($"{nameof(An_incident_is_looked_into_assigned_and_its_alert_shelved)}-{width}-{dark}");
        await using Screen screen = await browser.OpenAsync(plant.Address, "incidents/" + alert.IncidentId, width, 900, dark);
        await screen.Page.WaitForSelectorAsync("html[data-ready]");

        await screen.Page.GetByText("Assign…").ClickAsync();
        await screen.Page.Locator("input[name=assignee]").FillAsync("mara");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Assign", Exact = true }).ClickAsync();
        await Expect(screen.Page.Locator(".card").First).ToContainTextAsync("assigned to mara");
        ILocator item = screen.Page.Locator($"li[id='{alert.Id}']");
        await item.GetByText("Shelve…").ClickAsync();
        await item.Locator("form[data-post$=shelve] input[name=text]").FillAsync("gauge is being changed");
        await screen.ShootAsync($"incident-{width}-{(dark ? "dark" : "light")}");
        await item.GetByRole(AriaRole.Button, new() { Name = "Shelve" }).ClickAsync();

        await Expect(item.Locator(".item-state")).ToHaveTextAsync("Shelved");
        Assert.Empty(screen.Complaints);
        Assert.False(await screen.IsTooWideAsync(), "the page is wider than the screen");
        await plant.PostAsync($"api/v1/alerts/{alert.Id}/unshelve", new { author = "mara" });
    }

    [SkippableFact]
    public async Task A_proposal_is_approved_and_scheduled_on_the_page()
    {
        WorkOrder order = await plant.ProposeAsync("gearbox of the discharge");
        await using Screen screen = await browser.OpenAsync(plant.Address, "maintenance");
        await screen.Page.WaitForSelectorAsync("html[data-ready]");
        ILocator item = screen.Page.Locator($"li[id='{order.Id}']");

        await item.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await item.GetByText("Schedule…").ClickAsync();
        await item.Locator("input[name=start]").FillAsync("2030-01-01T10:00");
        await item.Locator("input[name=end]").FillAsync("2030-01-01T09:00");
        await item.GetByRole(AriaRole.Button, new() { Name = "Schedule" }).ClickAsync();
        await Expect(screen.Page.Locator("#toast")).ToContainTextAsync("is not after the start");
        await item.GetByText("Schedule…").ClickAsync();
        await item.Locator("input[name=start]").FillAsync("2030-01-01T10:00");
        await item.Locator("input[name=end]").FillAsync("2030-01-01T12:00");
        await item.GetByRole(AriaRole.Button, new() { Name = "Schedule" }).ClickAsync();

        await Expect(item.Locator(".item-state")).ToHaveTextAsync("Scheduled");
    }

    [SkippableTheory]
    [InlineData(1440, true)]
    [InlineData(390, false)]
    public async Task A_work_order_is_filled_in_on_its_page_and_done(int width, bool dark)
    {
        WorkOrder order = await plant.ProposeAsync($"bearing {width}");
        foreach (string step in new[] { "approve", "schedule", "start" })
        {
            await plant.PostAsync($"api/v1/workorders/{order.Id}/{step}", new { start = "2030-01-01T10:00:00Z", end = "2030-01-01T12:00:00Z" });
        }

        await using Screen screen = await browser.OpenAsync(plant.Address, "maintenance/" + order.Id, width, 900, dark);
        await screen.Page.WaitForSelectorAsync("html[data-ready]");

        await screen.Page.Locator("form[data-post$=checks] input").FillAsync("grease the seat");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Check off: grease the seat" }).ClickAsync();
        await Expect(screen.Page.Locator(".checks")).ToContainTextAsync("done by");
        await screen.Page.Locator("form[data-post$=parts] input[name=part]").FillAsync("6204-2RS");
        await screen.Page.Locator("form[data-post$=parts] input[name=unitCost]").FillAsync("12.50");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Add part" }).ClickAsync();
        await Expect(screen.Page.Locator("table")).ToContainTextAsync("12.50");
        await screen.Page.Locator("form[data-post$=finding] input[name=measuredBefore]").FillAsync("4.1");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Report" }).ClickAsync();
        await Expect(screen.Page.Locator("[aria-labelledby=finding-title]")).ToContainTextAsync("Worn");
        await screen.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "bearing.txt", MimeType = "text/plain", Buffer = "worn race"u8.ToArray() });
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Attach" }).ClickAsync();
        await Expect(screen.Page.GetByRole(AriaRole.Link, new() { Name = "bearing.txt" })).ToBeVisibleAsync();
        await screen.ShootAsync($"order-{width}-{(dark ? "dark" : "light")}");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Done", Exact = true }).ClickAsync();

        await Expect(screen.Page.Locator(".facts").First).ToContainTextAsync("Done");
        Assert.Empty(screen.Complaints);
        Assert.False(await screen.IsTooWideAsync(), "the page is wider than the screen");
        System.Text.Json.JsonElement answer = await plant.GetAsync($"api/v1/workorders/{order.Id}");
        Assert.Equal((4.1, System.Text.Json.JsonValueKind.Null), (answer.GetProperty("order").GetProperty("measuredBefore").GetDouble(), answer.GetProperty("order").GetProperty("measuredAfter").ValueKind));
    }

    [SkippableFact]
    public async Task The_theme_that_somebody_chose_is_kept()
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, "");

        await screen.Page.WaitForSelectorAsync("html[data-ready]");
        await screen.Page.Locator("[data-theme-toggle]").ClickAsync();
        await screen.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.DOMContentLoaded });

        Assert.Equal("dark", await screen.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
    }

    [SkippableFact]
    public async Task Keys_lead_to_the_pages()
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, "");

        await screen.IsShownAsync();
        await screen.Page.Keyboard.PressAsync("g");
        await screen.Page.Keyboard.PressAsync("a");
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Alerts");
        await screen.IsShownAsync();
        await screen.Page.Keyboard.PressAsync("2");
        await Expect(screen.Page).ToHaveURLAsync(new Uri(plant.Address, "lines/line2").ToString(), new() { Timeout = 30_000 });
    }

    [SkippableFact]
    public async Task Every_control_has_a_name_and_every_picture_a_description()
    {
        foreach (string path in new[] { "", "lines/line1", "alerts", "alerts/report", "detectors", "notifications", "maintenance", "maintenance/plans", "maintenance/calendars", "maintenance/report", "maintenance/health", "jobs", "data" })
        {
            await using Screen screen = await browser.OpenAsync(plant.Address, path);
            string[] nameless = await screen.Page.EvaluateAsync<string[]>("""
                [...document.querySelectorAll("button, a, input, select, svg[role=img], summary")]
                  .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.closest("label")?.textContent.trim()))
                  .map((e) => e.outerHTML.slice(0, 120))
                """);
            Assert.Empty(nameless);
            Assert.Equal(1, await screen.Page.Locator("h1").CountAsync());
        }
    }

    [SkippableFact]
    public async Task Texts_contrast_with_their_background_in_both_themes()
    {
        foreach (bool dark in new[] { false, true })
        {
            await using Screen screen = await browser.OpenAsync(plant.Address, "alerts", dark: dark);
            double[] ratios = await screen.Page.EvaluateAsync<double[]>("""
                (() => {
                  const style = getComputedStyle(document.documentElement);
                  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
                  const luminance = (name) => {
                    canvas.fillStyle = style.getPropertyValue(name);
                    canvas.fillRect(0, 0, 1, 1);
                    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                  };
                  const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
                  return ["--text", "--muted", "--accent", "--good", "--warn", "--bad"].flatMap((text) => ["--bg", "--surface", "--raised"].map((ground) => ratio(text, ground)))
                    .concat(ratio("--on-accent", "--accent"));
                })()
                """);

            // WCAG 2.2, 1.4.3: 4.5 for normal text.
            Assert.All(ratios, ratio => Assert.True(ratio >= 4.5, $"contrast {ratio:0.00} in the {(dark ? "dark" : "light")} theme"));
        }
    }

    [SkippableFact]
    public async Task An_unknown_line_and_an_unknown_page_say_where_to_go()
    {
        await using Screen line = await browser.OpenAsync(plant.Address, "lines/line99");
        await Expect(line.Page.Locator("h1")).ToContainTextAsync("no line");
        await using Screen page = await browser.OpenAsync(plant.Address, "no/such/page");
        await Expect(page.Page.Locator("h1")).ToContainTextAsync("no such page");
        await using Screen tv = await browser.OpenAsync(plant.Address, "tv/line99");
        await Expect(tv.Page.Locator("[data-state-cause]")).ToContainTextAsync("/tv/line1");
    }
}
