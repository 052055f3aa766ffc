using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Linewatch.Analytics.Oee;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>Closed shifts, stops, quality and operations by API and in a browser.</summary>
[Collection(WebTests.Name)]
public sealed class ShiftReportTests(WebPlant plant, ShiftHistory history, Browser browser) : IClassFixture<ShiftHistory>, IClassFixture<Browser>
{
    public static TheoryData<string, string, int, int, bool> Screens()
    {
        TheoryData<string, string, int, int, bool> screens = [];
        foreach ((string name, string path) in new[] { ("shifts", "shifts"), ("shift", "{shift}"), ("quality", "quality?range=2h"), ("operations", "operations?period=month&day={day}"), ("operations-empty", "operations?day=2020-01-01") })
        {
            screens.Add($"{name}-desktop-light", path, 1440, 900, false);
            screens.Add($"{name}-desktop-dark", path, 1440, 900, true);
            screens.Add($"{name}-phone-light", path, 390, 844, false);
        }

        return screens;
    }

    [SkippableTheory]
    [MemberData(nameof(Screens))]
    public async Task Every_report_fits_every_screen_without_a_complaint(string name, string path, int width, int height, bool dark)
    {
        ShiftRecord shift = await history.AddAsync(plant);
        string address = path.Replace("{shift}", $"lines/line1/shifts/{Text(shift.Start)}", StringComparison.Ordinal)
            .Replace("{day}", shift.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await using Screen screen = await browser.OpenAsync(plant.Address, address, width, height, dark);

        await Expect(screen.Page.Locator("h1").First).Not.ToBeEmptyAsync();
        await screen.ShootAsync(name);
        Assert.Empty(screen.Complaints);
        Assert.False(await screen.IsTooWideAsync(), "the page is wider than the screen");
    }

    [SkippableFact]
    public async Task A_stop_recoded_in_the_browser_is_a_new_revision_with_who_and_why()
    {
        ShiftRecord shift = await history.AddAsync(plant);
        await using Screen screen = await browser.OpenAsync(plant.Address, $"lines/line1/shifts/{Text(shift.Start)}");
        await Expect(screen.Page.Locator("html[data-ready]")).ToBeAttachedAsync();
        int before = await screen.Page.Locator("#revisions-title ~ table tbody tr").CountAsync();

        ILocator row = screen.Page.Locator("#stops-title ~ table tbody tr").Nth(1);
        await row.Locator("summary").ClickAsync();
        await row.Locator("input[name=comment]").FillAsync("photo-eye cleaned");
        await row.GetByLabel("Why it is changed").FillAsync("told by the operator");
        await row.Locator("button.primary").ClickAsync();

        await Expect(screen.Page.Locator("#revisions-title ~ table tbody tr")).ToHaveCountAsync(before + 1);
        await Expect(screen.Page.Locator("#revisions-title ~ table tbody tr").First).ToContainTextAsync("told by the operator");
        await Expect(screen.Page.Locator("#stops-title ~ table")).ToContainTextAsync("photo-eye cleaned");
    }

    [SkippableFact]
    public async Task A_shift_recorded_in_half_says_so()
    {
        ShiftRecord whole = await history.AddAsync(plant);
        await using Screen screen = await browser.OpenAsync(plant.Address, "shifts?line=line1");

        ILocator row = screen.Page.Locator("tbody tr").Last;
        Regex gap = new(@"^No data for [34] h \d\d min of \d h \d\d min planned");
        await Expect(row.Locator("td.suspect[title]")).ToHaveAttributeAsync("title", gap);
        await Expect(screen.Page.Locator("tbody tr").Filter(new() { HasText = whole.Shift }).Locator("td.suspect[title]")).ToHaveCountAsync(0);
        await row.Locator("a").ClickAsync();
        await Expect(screen.Page.Locator(".tile .why").First).ToHaveTextAsync(gap);
    }

    [SkippableFact]
    public async Task A_stop_split_in_the_browser_is_merged_again()
    {
        ShiftRecord shift = await history.AddAsync(plant);
        await using Screen screen = await browser.OpenAsync(plant.Address, $"lines/line1/shifts/{Text(shift.Start)}");
        await Expect(screen.Page.Locator("html[data-ready]")).ToBeAttachedAsync();
        ILocator stops = screen.Page.Locator("#stops-title ~ table tbody tr");
        ILocator revisions = screen.Page.Locator("#revisions-title ~ table tbody tr");
        int before = await revisions.CountAsync();
        string? start = await stops.First.Locator("form[data-post$='stops/split'] input[name=from]").GetAttributeAsync("value");

        await stops.First.Locator("summary").ClickAsync();
        await screen.ShootAsync("shift-change");
        await stops.First.Locator("input[name=at]").FillAsync("0.5");
        await stops.First.GetByRole(AriaRole.Button, new() { Name = "Split there" }).ClickAsync();
        await Expect(revisions).ToHaveCountAsync(before + 1);

        ILocator merging = stops.Filter(new() { Has = screen.Page.Locator($"form[data-post$='stops/merge'] input[name=from][value='{start}']") });
        await merging.Locator("summary").ClickAsync();
        await merging.Locator("form[data-post$='stops/merge'] button").ClickAsync();
        await Expect(revisions).ToHaveCountAsync(before + 2);
        await Expect(revisions.First).ToContainTextAsync("merged");
    }

    [Theory]
    [InlineData("Rejects", "Share")]
    [InlineData("Failures", "Rate")]
    public async Task Defects_are_charted_with_limits_by_how_much_was_made(string subject, string kind)
    {
        JsonElement answer = await plant.GetAsync($"api/v1/quality/defects?line=line1&machine=filler&subject={subject}&minutes=10&from={Text(Now.AddHours(-3))}&to={Text(Now)}");

        JsonElement chart = answer.GetProperty("chart");
        Assert.Equal(kind, chart.GetProperty("kind").GetString());
        JsonElement[] points = [.. chart.GetProperty("points").EnumerateArray()];
        Assert.True(points.Length >= 10);
        Assert.All(points, point => Assert.True(point.GetProperty("inspected").GetDouble() > 0));
    }

    [Fact]
    public async Task A_sample_is_judged_by_the_fill_law()
    {
        double[] units = [.. Enumerable.Repeat(501.0, 18), 484, 484];

        JsonElement judged = await plant.PostAsync("api/v1/quality/fill-sample", new { nominal = 500, units });

        Assert.Equal(("Rejected", 2), (judged.GetProperty("verdict").GetString(), judged.GetProperty("belowTu1").GetInt32()));
    }

    [Fact]
    public async Task A_stop_split_and_recoded_makes_revisions_of_its_shift_only_and_keeps_the_earlier_ones()
    {
        ShiftRecord shift = await history.AddAsync(plant);
        string address = $"api/v1/lines/line1/shifts/{Text(shift.Start)}";
        JsonElement first = await plant.GetAsync(address + "?revision=1");
        long before = (await plant.GetAsync(address)).GetProperty("shift").GetProperty("revision").GetInt64();
        Stop stop = shift.Stops.Where(each => each.Machine == "filler" && each.Category == LossCategory.Breakdown).MaxBy(each => each.End - each.Start)
            ?? shift.Stops.Where(each => each.Machine == "filler").MaxBy(each => each.End - each.Start)!;
        DateTime middle = stop.Start + ((stop.End - stop.Start) / 2);

        await plant.PostAsync("api/v1/lines/line1/stops/split", new { machine = "filler", from = stop.Start, to = stop.End, at = middle, author = "Eva", text = "two events" });
        await plant.PostAsync("api/v1/lines/line1/stops/recode", new { machine = "filler", from = middle, to = stop.End, category = "waiting", author = "Eva", text = "no operator" });

        JsonElement latest = await plant.GetAsync(address);
        Assert.Equal(before + 2, latest.GetProperty("shift").GetProperty("revision").GetInt64());
        Assert.Contains(latest.GetProperty("stops").EnumerateArray(), each => each.GetProperty("start").GetDateTime() == middle && each.GetProperty("category").GetString() == "Waiting");
        JsonElement[] changes = [.. (await plant.GetAsync(address + "/revisions")).EnumerateArray()];
        Assert.Equal(("Eva", "no operator"), (changes[^1].GetProperty("author").GetString(), changes[^1].GetProperty("reason").GetString()));
        Assert.Equal(first.ToString(), (await plant.GetAsync(address + "?revision=1")).ToString());
        JsonElement others = await plant.GetAsync($"api/v1/shifts?line=line2&from={Text(shift.Start.AddDays(-1))}&to={Text(shift.End.AddDays(2))}");
        Assert.NotEmpty(others.EnumerateArray());
        Assert.All(others.EnumerateArray(), other => Assert.Equal(1, other.GetProperty("revision").GetInt64()));
    }

    [Fact]
    public async Task Unexplained_stops_are_listed_the_longest_first_until_somebody_explains_them()
    {
        ShiftRecord shift = await history.AddAsync(plant);
        string list = $"api/v1/lines/line1/stops?unexplained=true&from={Text(shift.Start)}&to={Text(shift.End)}";
        JsonElement[] open = [.. (await plant.GetAsync(list)).EnumerateArray()];
        Assert.NotEmpty(open);
        Assert.Equal(open.Select(Seconds).OrderDescending(), open.Select(Seconds));
        string reason = (await plant.GetAsync("api/v1/reasons"))[0].GetProperty("id").GetString()!;

        await plant.PostAsync("api/v1/lines/line1/stops/recode", new
        {
            machine = "filler", from = open[^1].GetProperty("start").GetDateTime(), to = open[^1].GetProperty("end").GetDateTime(), reason,
        });

        Assert.DoesNotContain((await plant.GetAsync(list)).EnumerateArray(), stop => stop.GetProperty("id").GetString() == open[^1].GetProperty("id").GetString());

        static double Seconds(JsonElement stop) => stop.GetProperty("seconds").GetDouble();
    }

    [Fact]
    public async Task Operations_sums_base_quantities_of_the_lines()
    {
        ShiftRecord shift = await history.AddAsync(plant);
        JsonElement answer = await plant.GetAsync($"api/v1/operations?period=month&day={shift.Day:yyyy-MM-dd}");

        JsonElement site = answer.GetProperty("site");
        JsonElement[] lines = [.. answer.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("figures"))];
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines.Sum(line => line.GetProperty("good").GetInt64()), site.GetProperty("good").GetInt64());
        double busy = lines.Sum(line => line.GetProperty("plannedBusyHours").GetDouble());
        double weighted = lines.Sum(line => line.GetProperty("figures").GetProperty("oee").GetDouble() * line.GetProperty("plannedBusyHours").GetDouble()) / busy;
        Assert.Equal(weighted, site.GetProperty("figures").GetProperty("oee").GetDouble(), 9);
        Assert.Contains(site.GetProperty("losses").EnumerateArray(), loss => loss.GetProperty("hours").GetDouble() > 0 && loss.GetProperty("units").GetDouble() > 0);
    }

    [Fact]
    public async Task Operations_set_what_meters_counted_against_good_units()
    {
        await history.AddAsync(plant);

        // The meters were read today; on the first days of a month the history's shifts lie in the month before, and nothing good in this one.
        JsonElement line = (await plant.GetAsync("api/v1/operations?period=month")).GetProperty("lines")[0];
        JsonElement meter = Assert.Single(line.GetProperty("consumption").EnumerateArray(), meter => meter.GetProperty("unit").GetString() == "kW.h");
        double counted = meter.GetProperty("total").GetDouble();
        Assert.True(counted > 0);
        double? good = line.GetProperty("figures").GetProperty("good") is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
        Assert.Equal(good > 0 ? counted * 1000 / good : null, meter.GetProperty("perThousandGood") is { ValueKind: JsonValueKind.Number } share ? share.GetDouble() : null);
    }

    [Fact]
    public async Task Components_are_compared_and_fills_judged_by_the_law()
    {
        JsonElement[] families = [.. (await plant.GetAsync($"api/v1/quality/components?line=line1&from={Text(Now.AddHours(-3))}&to={Text(Now)}&pricePerLitre=0.4")).EnumerateArray()];

        JsonElement valves = Assert.Single(families, family => family.GetProperty("machine").GetString() == "filler");
        Assert.Equal(100, valves.GetProperty("components").GetInt32());
        JsonElement fill = valves.GetProperty("fill");
        Assert.InRange(fill.GetProperty("mean").GetDouble(), fill.GetProperty("nominal").GetDouble() - 5, fill.GetProperty("nominal").GetDouble() + 10);
        Assert.Equal(fill.GetProperty("litresPerThousand").GetDouble() * 0.4, (double)fill.GetProperty("costPerThousand").GetDecimal(), 6);
    }

    [Theory]
    [InlineData("XBarR", 5)]
    [InlineData("Individuals", 1)]
    [InlineData("Ewma", 1)]
    public async Task A_chart_has_frozen_limits_points_and_a_verdict_or_a_refusal(string kind, int subgroup)
    {
        string signal = Uri.EscapeDataString("demo/" + Area() + "/line1/filler/bowl_pressure");
        JsonElement answer = await plant.GetAsync($"api/v1/quality/chart?signal={signal}&kind={kind}&from={Text(Now.AddHours(-3))}&to={Text(Now)}&lower=0&upper=10");

        JsonElement chart = answer.GetProperty("chart");
        Assert.Equal(subgroup, chart.GetProperty("subgroup").GetInt32());
        Assert.True(chart.GetProperty("location").GetProperty("lower").GetDouble() < chart.GetProperty("location").GetProperty("upper").GetDouble());
        Assert.Equal(answer.GetProperty("values").GetInt32() / subgroup, chart.GetProperty("points").GetArrayLength());
        Assert.NotEqual(answer.GetProperty("capability").GetProperty("refusal").ValueKind == JsonValueKind.Null, answer.GetProperty("capability").GetProperty("within").ValueKind == JsonValueKind.Null);
    }

    [Theory]
    [InlineData("api/v1/shifts?line=line99", 404, "known: line1, line2")]
    [InlineData("api/v1/shifts?from=2020-01-01T00:00:00Z", 400, "longer than 400 days")]
    [InlineData("api/v1/lines/line1/shifts/2020-01-01T00:00:00Z", 404, "/api/v1/shifts lists them")]
    [InlineData("api/v1/lines/line1/shifts/2020-01-01T00:00:00Z/revisions", 404, "no closed shift")]
    [InlineData("api/v1/operations?period=year", 400, "allowed: week, month")]
    [InlineData("api/v1/operations?day=soon", 400, "expected yyyy-MM-dd")]
    [InlineData("api/v1/quality/chart", 400, "signal is missing")]
    [InlineData("api/v1/quality/components", 400, "line is missing")]
    [InlineData("api/v1/quality/defects", 400, "line is missing")]
    [InlineData("api/v1/quality/defects?line=line1&machine=nope", 404, "no machine")]
    [InlineData("api/v1/quality/defects?line=line1&subject=x", 400, "allowed: Rejects, Failures")]
    [InlineData("api/v1/quality/defects?line=line1&minutes=0", 400, "allowed: 1 to 1440")]
    [InlineData("api/v1/quality/pasteurisation", 400, "line is missing")]
    public async Task A_wrong_question_is_told_what_is_allowed(string path, int status, string says) =>
        Assert.Contains(says, (await plant.GetAsync(path, status)).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("recode", "{\"machine\":\"filler\",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:10:00Z\"}", 400, "a recoding needs a reason")]
    [InlineData("recode", "{\"machine\":\"filler\",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:10:00Z\",\"category\":\"Lunch\"}", 400, "allowed: Run, MinorStop")]
    [InlineData("recode", "{\"machine\":\"filler\",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:10:00Z\",\"reason\":\"none\"}", 409, "no reason 'none'")]
    [InlineData("split", "{\"machine\":\"filler\",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:10:00Z\"}", 409, "a split needs the instant")]
    [InlineData("merge", "{\"machine\":\"oven\",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:10:00Z\"}", 404, "no machine 'oven'")]
    [InlineData("comment", "{\"machine\":\"filler\",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:10:00Z\"}", 400, "the comment is empty")]
    public async Task A_wrong_edit_is_refused_and_says_why(string verb, string body, int status, string says) => Assert.Contains(
        says, (await plant.PostAsync($"api/v1/lines/line1/stops/{verb}", JsonSerializer.Deserialize<JsonElement>(body), status)).ToString(), StringComparison.Ordinal);

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static string Text(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private string Area() => plant.Services.GetRequiredService<Linewatch.Plants.CurrentPlant>().Value.Lines[0].Area;
}
