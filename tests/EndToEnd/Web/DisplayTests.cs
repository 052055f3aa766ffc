using Linewatch.Server.Live;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>The display for factory televisions cannot lie about the age of what it shows.</summary>
[Collection(WebTests.Name)]
public sealed class DisplayTests(WebPlant plant, Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task Fresh_data_are_shown_with_their_age_on_every_tile()
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, "tv/line1", 1920, 1080);

        await Expect(screen.Page.Locator("[data-stale]")).ToBeHiddenAsync();
        IReadOnlyList<string> ages = await screen.Page.Locator("[data-age]").AllInnerTextsAsync();
        Assert.Equal(6, ages.Count);
        await Expect(screen.Page.Locator("[data-age]").First).ToContainTextAsync("old");
    }

    [SkippableFact]
    public async Task Old_data_cover_the_whole_screen_with_the_time_since_when()
    {
        LivePlant live = (LivePlant)plant.Services.GetService(typeof(LivePlant))!;
        await using Screen screen = await browser.OpenAsync(plant.Address, "tv/line1?stale=1", 1920, 1080);
        ILocator stale = screen.Page.Locator("[data-stale]");

        // The plant goes on living: say again that its newest reading is five minutes old until the display has heard it.
        using PeriodicTimer again = new(TimeSpan.FromMilliseconds(50));
        LineNow fresh = live.Find("line1")!;
        do
        {
            live.Publish(fresh with { DataTime = fresh.DataTime!.Value.AddMinutes(-5) });
            await again.WaitForNextTickAsync();
        }
        while (!await stale.IsVisibleAsync());

        await screen.ShootAsync("tv-stale");
        await Expect(stale).ToContainTextAsync("DATA STALE");
        await Expect(stale).ToContainTextAsync("since ");
        live.Publish(fresh);
    }

    [SkippableFact]
    public async Task A_lost_connection_covers_the_whole_screen_and_ends_by_itself()
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, "about:blank", 1920, 1080);
        await screen.Page.Clock.InstallAsync();
        await screen.Page.GotoAsync(new Uri(plant.Address, "tv/line1?stale=86400").ToString(), new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        ILocator stale = screen.Page.Locator("[data-stale]");
        await Expect(screen.Page.Locator("[data-oee]")).ToContainTextAsync("%");

        await screen.Page.RouteAsync("**/api/v1/live**", route => route.AbortAsync());
        await screen.Page.EvaluateAsync("window.dispatchEvent(new Event('offline'))");
        await screen.Page.Clock.FastForwardAsync(20_000);
        await Expect(stale).ToContainTextAsync("No connection to Linewatch");
        await screen.Page.UnrouteAsync("**/api/v1/live**");
        await screen.Page.Clock.FastForwardAsync(11_000);

        await Expect(stale).ToBeHiddenAsync(new() { Timeout = 30_000 });
    }

    [SkippableFact]
    public async Task Letters_are_large_enough_for_eight_metres()
    {
        await using Screen screen = await browser.OpenAsync(plant.Address, "tv/line1", 1920, 1080);
        await Expect(screen.Page.Locator("[data-oee]")).ToContainTextAsync("%");

        // 8 m needs letters of about 1/300 of the distance (DIN 1450): 27 mm, on a 65-inch screen (809 mm high) 3.3 % of its height.
        foreach (string what in new[] { "[data-oee]", "[data-good]", "[data-state-name]", "[data-state-cause]", "[data-availability]", ".top li", "[data-clock]" })
        {
            double size = await screen.Page.EvaluateAsync<double>("s => parseFloat(getComputedStyle(document.querySelector(s)).fontSize) / innerHeight", what);
            Assert.True(size >= 0.033, $"{what} is {size:P1} of the screen's height");
        }

        bool clipped = await screen.Page.EvaluateAsync<bool>(
            "[...document.querySelectorAll('.tv section')].some(s => s.scrollHeight > s.clientHeight + 2 || s.scrollWidth > s.clientWidth + 2)");
        Assert.False(clipped, "a tile cuts off what it shows");
    }
}
