using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Operations;

/// <summary>
/// Two lines depalletiser – [2 min] – filler – [3 min] – labeller – [2 min] – packer in Berlin, three shifts. Each machine
/// has a state and a pressure.
/// </summary>
internal static class BottlingPlant
{
    public const int Execute = 6;
    public const int Held = 11;
    public const int Lack = 50;
    public const int Tailback = 51;
    public const int External = 52;
    public const int Clean = 60;

    private static readonly string[] Kinds = ["depal", "filler", "labeller", "packer"];
    private static readonly TimeSpan[] Capacities = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2)];

    private static readonly StateMap States = new()
    {
        Name = "own",
        States = new Dictionary<int, Bucket?>
        {
            [Execute] = Bucket.Run,
            [Held] = Bucket.OwnFailure,
            [Lack] = Bucket.Lack,
            [Tailback] = Bucket.Tailback,
            [External] = Bucket.ExternalFailure,
            [Clean] = Bucket.PlannedDown,
            [3] = null,
        },
        StateNames = new Dictionary<int, string>(),
    };

    /// <param name="tellsTailback">Whether the machines' codes know a tailback; PackML's do not.</param>
    /// <param name="aroundTheClock">Whether three shifts run, or the early one only (6 to 14 in Berlin).</param>
    public static CurrentPlant Create(bool tellsTailback = true, bool aroundTheClock = true)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        HashSet<DayOfWeek> days = [.. Enum.GetValues<DayOfWeek>()];
        ShiftPlan shifts = new(
            zone,
            [
                new Shift("Early", new TimeOnly(6, 0), new TimeOnly(14, 0), days, []),
                new Shift("Late", new TimeOnly(14, 0), new TimeOnly(22, 0), days, []),
                new Shift("Night", new TimeOnly(22, 0), new TimeOnly(6, 0), days, []),
            ],
            []);
        int index = 0;
        shifts = aroundTheClock ? shifts : new ShiftPlan(zone, [shifts.Shifts[0]], []);
        StateMap states = tellsTailback ? States : new StateMap
        {
            Name = "packml",
            States = States.States.Where(state => state.Value != Bucket.Tailback).ToDictionary(),
            StateNames = States.StateNames,
        };
        Line[] lines = [Line("line1", shifts, states, ref index), Line("line2", shifts, states, ref index)];
        return new CurrentPlant(new Plant("Rhine", "rhine", zone, lines, [], [], []));
    }

    public static Signal Signal(CurrentPlant plant, string machine, string signal, string line = "line1") =>
        plant.Value.Signals.Single(candidate => candidate.Path == new SignalPath("rhine", "hall1", line, machine, signal));

    private static Line Line(string id, ShiftPlan shifts, StateMap states, ref int index)
    {
        List<Machine> machines = [];
        foreach (string kind in Kinds)
        {
            machines.Add(new Machine
            {
                Id = kind,
                Name = char.ToUpperInvariant(kind[0]) + kind[1..],
                Kind = kind,
                States = states,
                Signals =
                [
                    new Signal { Path = new SignalPath("rhine", "hall1", id, kind, "state"), Name = "State", Role = SignalRole.State, Index = index++ },
                    new Signal { Path = new SignalPath("rhine", "hall1", id, kind, "pressure"), Name = "Pressure", Unit = "bar", Index = index++ },
                ],
            });
        }

        return new Line
        {
            Id = id,
            Name = "Line " + id[^1],
            Area = "hall1",
            Machines = machines,
            CriticalMachine = machines[1],
            CountingMachine = machines[3],
            Shifts = shifts,
            Conveyors = [.. Capacities.Select((capacity, i) => new Conveyor(Kinds[i], Kinds[i + 1], capacity, TimeSpan.FromSeconds(20)))],
        };
    }
}
