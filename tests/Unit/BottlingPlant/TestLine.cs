using Linewatch.BottlingPlant;
using Linewatch.BottlingPlant.Calendar;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.Tests.Unit.BottlingPlant;

/// <summary>Lines of the simulation with everything laid down, for tests that check its physics.</summary>
internal static class TestLine
{
    /// <summary>A Monday, 06:00 local: the early shift begins.</summary>
    public static readonly DateTime Start = new(2026, 11, 16, 5, 0, 0, DateTimeKind.Utc);

    /// <summary>depal – 2 min – filler – 3 min – labeller – 2 min – packer, as in the worked examples.</summary>
    public static LineModel WorkedExample => new()
    {
        Id = "line1",
        Name = "Worked example",
        Area = "hall1",
        Stations = [[Quiet(MachineCatalogue.Depalletiser)], [Quiet(MachineCatalogue.Filler)], [Quiet(MachineCatalogue.Labeller)], [Quiet(MachineCatalogue.Packer)]],
        Conveyors = [Conveyor(2), Conveyor(3), Conveyor(2)],
        DesignRate = 36_000,
        Products = [new ProductModel("cola-0.5", "Cola 0.5 l", 36_000, 500, "cola")],
    };

    public static LineSimulation Simulate(LineModel model, params ScriptedStop[] stops) => new(
        model,
        ShiftPatterns.Create(ShiftPattern.AroundTheClock, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")),
        Start,
        seed: 1,
        new LineScript { RandomStops = false, OrderQuantity = 10_000_000, Stops = stops });

    public static VirtualPlantOptions Options(int lines = 2, ulong seed = 1) => new() { Lines = lines, Seed = seed, Start = Start };

    private static MachineModel Quiet(MachineModel machine) => new()
    {
        Id = machine.Id,
        Name = machine.Name,
        Kind = machine.Kind,
        SpeedFactor = machine.SpeedFactor,
    };

    private static ConveyorModel Conveyor(double minutes) => new(TimeSpan.FromMinutes(minutes), TimeSpan.FromSeconds(20));
}
