using Linewatch.Analytics.Planning;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Planning;

public sealed class OpportunityCalendarTests
{
    [Theory]
    [InlineData(OpportunityKind.Cleaning, "2026-11-24T01:00Z", "2026-11-24T04:00Z")]
    [InlineData(OpportunityKind.Changeover, "2026-11-25T13:00Z", "2026-11-25T16:00Z")]
    [InlineData(OpportunityKind.Break, "2026-11-23T09:00Z", "2026-11-23T09:30Z")]
    [InlineData(OpportunityKind.NotScheduled, "2026-11-28T05:00Z", "2026-11-30T05:00Z")] // the weekend, from Saturday 06:00 in Berlin
    [InlineData(OpportunityKind.NotScheduled, "2026-11-28T13:00Z", "2026-11-30T05:00Z")] // eight hours later it may still begin
    [InlineData(OpportunityKind.ExtraStop, "2026-11-25T05:00Z", "2026-11-25T13:00Z")]
    public void Line_stands_when_its_plan_says_so(OpportunityKind kind, string start, string end) =>
        Assert.Contains(new MaintenanceOpportunity("line1", kind, Utc(start), Utc(end)), Week("line1"));

    [Fact]
    public void Stops_of_another_line_are_none() =>
        Assert.DoesNotContain(Week("line2"), opportunity => opportunity.Kind is OpportunityKind.Cleaning or OpportunityKind.Changeover);

    [Fact]
    public void What_has_begun_begins_now_and_production_may_stop_at_once()
    {
        DateTime now = Utc("2026-11-24T02:30Z");
        IReadOnlyList<MaintenanceOpportunity> found = Between("line1", now, now.AddDays(1));

        Assert.Contains(new MaintenanceOpportunity("line1", OpportunityKind.Cleaning, now, Utc("2026-11-24T04:00Z")), found);
        Assert.Contains(new MaintenanceOpportunity("line1", OpportunityKind.ExtraStop, now, now.AddHours(8)), found);
    }

    [Theory]
    [InlineData("2026-03-27T12:00Z", "2026-03-28T05:00Z", "2026-03-30T04:00Z")] // clocks go forward on that Sunday: 47 h
    [InlineData("2026-10-23T12:00Z", "2026-10-24T04:00Z", "2026-10-26T05:00Z")] // back: 49 h
    [InlineData("2028-02-25T12:00Z", "2028-02-26T05:00Z", "2028-02-28T05:00Z")] // before a leap day
    public void Weekend_follows_the_clock_of_the_plant(string from, string start, string end) => Assert.Contains(
        new MaintenanceOpportunity("line1", OpportunityKind.NotScheduled, Utc(start), Utc(end)), Between("line1", Utc(from), Utc(from).AddDays(5)));

    [Fact]
    public void Line_without_shifts_can_only_be_stopped_extra()
    {
        Plant plant = PlantFile.Parse(
            "{ plant: p, site: s, timeZone: Europe/Berlin, lines: [{ id: line1, area: a, machines: [{ id: m, signals: [{ id: total, role: count-total }] }] }] }", "plant.yaml").Plant!;
        IReadOnlyList<MaintenanceOpportunity> found = OpportunityCalendar.Between(plant.Lines[0], plant.Maintenance, PlannedPlant.Monday, PlannedPlant.Monday.AddDays(2));

        Assert.Equal([PlannedPlant.Monday, Utc("2026-11-23T05:00Z"), Utc("2026-11-24T05:00Z")], found.Select(opportunity => opportunity.Start));
        Assert.All(found, opportunity => Assert.Equal(OpportunityKind.ExtraStop, opportunity.Kind));
        Assert.Empty(OpportunityCalendar.Between(plant.Lines[0], new MaintenanceSetup { ExtraStops = false }, PlannedPlant.Monday, PlannedPlant.Monday.AddDays(2)));
    }

    private static IReadOnlyList<MaintenanceOpportunity> Week(string line) => Between(line, PlannedPlant.Monday, PlannedPlant.Monday.AddDays(7));

    private static IReadOnlyList<MaintenanceOpportunity> Between(string line, DateTime from, DateTime to)
    {
        Plant plant = PlannedPlant.Create();
        Assert.True(plant.TryGetLine(line, out Line? found));
        return OpportunityCalendar.Between(found, plant.Maintenance, from, to);
    }

    private static DateTime Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime;
}
