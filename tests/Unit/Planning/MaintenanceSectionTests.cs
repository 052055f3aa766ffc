using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Planning;

public sealed class MaintenanceSectionTests
{
    [Fact]
    public void Section_is_read_with_local_times_in_utc()
    {
        MaintenanceSetup setup = PlannedPlant.Create().Maintenance;

        Assert.Equal([("mechanic", 2), ("electrician", 1)], setup.Crews.Select(crew => (crew.Skill, crew.People)));
        Assert.Equal(["Early"], setup.Crews[1].Shifts);
        Assert.Equal(new DateTime(2026, 11, 30, 23, 0, 0, DateTimeKind.Utc), Assert.Single(setup.Crews[0].Absences).Start);
        PlannedChangeover changeover = Assert.Single(setup.Changeovers["line1"]);
        Assert.Equal(new DateTime(2026, 11, 25, 13, 0, 0, DateTimeKind.Utc), changeover.Start);
        Assert.False(setup.Changeovers.ContainsKey("line2"));
        Assert.True(setup.ExtraStops);
    }

    [Fact]
    public void Care_is_the_first_that_names_component_and_machine_and_has_defaults()
    {
        MaintenanceSetup setup = PlannedPlant.Create().Maintenance;

        Assert.Equal(5600, setup.CareOf("filler", "Main bearing").FailureCost);
        ComponentCare other = setup.CareOf("packer", "main bearing");
        Assert.Equal((500.0, null, "mechanic"), (other.PlannedCost, other.FailureCost, other.Skill));

        // Two hours of planned work: a failure costs it and eight hours of the line at 2,000.
        Assert.Equal(500 + (8 * 2000), setup.FailureCostOf(other, PlannedPlant.Create().Lines[0]));
        Assert.Equal(TimeSpan.FromDays(5), setup.CareOf("packer", "brush").PartsLead);
    }

    [Fact]
    public void Plant_without_the_section_has_one_mechanic_and_one_electrician_at_any_time()
    {
        MaintenanceSetup setup = PlannedPlant.Create("").Maintenance;

        Assert.Equal([("mechanic", 1, 0), ("electrician", 1, 0)], setup.Crews.Select(crew => (crew.Skill, crew.People, crew.Shifts.Count)));
    }

    [Theory]
    [InlineData("crews: [{ skill: mechanic, people: 0 }]", "allowed: a whole number from 1 to 100")]
    [InlineData("crews: [{ people: 2 }]", "a crew lacks 'skill'")]
    [InlineData("crews: [{ skill: mechanic }, { skill: mechanic }]", "one crew a skill")]
    [InlineData("crews: [{ skill: mechanic, shifts: [Erly] }]", "unknown shift 'Erly'; did you mean 'Early'?")]
    [InlineData("crews: [{ skill: mechanic, people: 2, absences: [{ people: 3, start: \"2026-12-01\", end: \"2026-12-02\" }] }]", "3 people are absent of a crew of 2")]
    [InlineData("components: [{ component: belt, skill: welder }]", "unknown skill 'welder'")]
    [InlineData("components: [{ component: belt, machines: [fillr] }]", "unknown machine 'fillr'; did you mean 'filler'?")]
    [InlineData("components: [{ component: belt, plannedCost: 0 }]", "allowed: a number above 0")]
    [InlineData("components: [{ component: belt, duration: long }]", "allowed: a duration above 0")]
    [InlineData("changeovers: [{ start: \"2026-12-02 10:00\", end: \"2026-12-02 09:00\" }]", "ends at or before its start")]
    [InlineData("changeovers: [{ start: \"2026-12-02 10:00\", end: \"2026-12-02 11:00\", lines: [line9] }]", "unknown line 'line9'")]
    [InlineData("extraStop: true", "unknown key 'extraStop' in the maintenance section; did you mean 'extraStops'?")]
    public void Fault_is_reported_with_line_and_what_is_allowed(string section, string message)
    {
        PlantFile file = PlantFile.Parse(PlannedPlant.Yaml($"maintenance:\n  {section}"), "plant.yaml");

        PlantFault fault = Assert.Single(file.Faults);
        Assert.Contains(message, fault.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("plant.yaml(10,", fault.ToString(), StringComparison.Ordinal);
    }
}
