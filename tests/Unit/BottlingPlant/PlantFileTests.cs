using Linewatch.BottlingPlant;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.BottlingPlant;

public sealed class PlantFileTests
{
    [Theory]
    [InlineData(Dialect.Json)]
    [InlineData(Dialect.Values)]
    [InlineData(Dialect.Sparkplug)]
    [InlineData(Dialect.PackML)]
    [InlineData(Dialect.Weihenstephan)]
    [InlineData(Dialect.Mixed)]
    public void Plant_file_is_without_fault_in_every_dialect(Dialect dialect)
    {
        VirtualPlant plant = new(new VirtualPlantOptions { Lines = 6, Start = TestLine.Start, Dialect = dialect });

        PlantFile file = PlantFile.Parse(plant.PlantYaml, "plant.yaml");

        Assert.Empty(file.Faults);
        Assert.Equal(6, file.Plant!.Lines.Count);
        Assert.All(file.Plant.Lines, line => Assert.Equal("filler", line.CriticalMachine.Id));
    }

    [Theory]
    [InlineData(ShiftPattern.AroundTheClock)]
    [InlineData(ShiftPattern.Weekdays)]
    [InlineData(ShiftPattern.TwoShifts)]
    public void Shifts_of_the_plant_file_are_those_the_plant_works(ShiftPattern pattern)
    {
        DateTime start = new(2026, 10, 20, 0, 0, 0, DateTimeKind.Utc);
        VirtualPlant plant = new(new VirtualPlantOptions { Lines = 1, Start = start, Shifts = pattern });
        ShiftPlan plan = PlantFile.Parse(plant.PlantYaml, "plant.yaml").Plant!.Lines[0].Shifts;

        // Over the end of daylight saving: the two programs must agree on what each local time is.
        var worked = plant.Calendar.From(start)
            .TakeWhile(segment => segment.Start < start.AddDays(14))
            .Where(segment => segment.Shift is not null)
            .Select(segment => segment.Shift!)
            .Distinct()
            .Select(shift => (shift.Name, shift.Day, shift.Start, shift.End, string.Join(';', shift.Breaks)));
        var planned = plan.Between(start, start.AddDays(14))
            .Select(shift => (shift.Name, shift.Day, shift.Start, shift.End, string.Join(';', shift.Breaks)));

        Assert.Equal(planned, worked);
    }
}
