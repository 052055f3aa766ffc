using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Jobs;

/// <summary>One filler in Berlin with a state and a wearing bearing.</summary>
internal static class WearPlant
{
    public static readonly Signal State = new()
    {
        Path = new SignalPath("rhine", "hall1", "line1", "filler", "state"),
        Name = "State",
        Role = SignalRole.State,
        Index = 0,
    };

    public static readonly Signal Vibration = new()
    {
        Path = new SignalPath("rhine", "hall1", "line1", "filler", "bearing_vibration"),
        Name = "Main bearing vibration",
        Unit = "mm/s",
        Wear = new WearLimit(4.5, Rising: true, "main bearing"),
        Index = 1,
    };

    public static CurrentPlant Create(string zone = "Europe/Berlin")
    {
        TimeZoneInfo timeZone = TimeZoneInfo.FindSystemTimeZoneById(zone);
        Machine filler = new()
        {
            Id = "filler",
            Name = "Filler",
            Kind = "filler",
            States = new StateMap
            {
                Name = "own",
                States = new Dictionary<int, Bucket?> { [6] = Bucket.Run, [2] = Bucket.Waiting },
                StateNames = new Dictionary<int, string> { [6] = "Execute", [2] = "Stopped" },
            },
            Signals = [State, Vibration],
        };
        Line line = new()
        {
            Id = "line1",
            Name = "Line 1",
            Area = "hall1",
            Machines = [filler],
            CriticalMachine = filler,
            CountingMachine = filler,
            Shifts = ShiftPlan.None(timeZone),
        };
        return new CurrentPlant(new Plant("Rhine", "rhine", timeZone, [line], [], [], []));
    }
}
