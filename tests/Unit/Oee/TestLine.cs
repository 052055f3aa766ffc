using System.Globalization;
using Linewatch.Analytics.Oee;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Oee;

/// <summary>A small line and the readings of one day, written as a script: <c>10:00 filler state 128</c>.</summary>
internal sealed class TestLine
{
    public static readonly DateOnly Day = new(2026, 6, 1);
    private readonly List<Reading> _readings = [];

    public TestLine(TestLineSetup? setup = null)
    {
        setup ??= new TestLineSetup();
        List<Machine> machines = [];
        int index = 0;
        foreach (TestMachine machine in setup.Machines)
        {
            List<Signal> signals = [];
            foreach ((string id, SignalRole role) in machine.Signals)
            {
                signals.Add(new Signal
                {
                    Path = new SignalPath("site", "hall", "line1", machine.Id, id),
                    Name = id,
                    Role = role,
                    IsText = role is SignalRole.Product or SignalRole.Order,
                    CounterMaximum = int.MaxValue,
                    SilentAfter = role == SignalRole.State ? setup.SilentAfter : null,
                    Index = index++,
                });
            }

            machines.Add(new Machine
            {
                Id = machine.Id,
                Name = machine.Id,
                DesignRatePerHour = machine.DesignRate,
                States = machine.States,
                Signals = signals,
            });
        }

        Line = new Line
        {
            Id = "line1",
            Name = "Line 1",
            Area = "hall",
            Machines = machines,
            CriticalMachine = machines.Single(machine => machine.Id == setup.Critical),
            CountingMachine = machines.Single(machine => machine.Id == (setup.Counting ?? setup.Critical)),
            Conveyors = setup.Conveyors,
            Shifts = new ShiftPlan(setup.Zone, setup.Shifts, setup.PlannedStops),
            DefaultProduct = setup.Products[0],
            MicroStop = setup.MicroStop,
            NoOrderIsLoss = setup.NoOrderIsLoss,
        };
        Plant = new Plant("Plant", "site", setup.Zone, [Line], setup.Products, [new Source { Name = "all", Topic = "#", Decoder = setup.Decoder }], setup.Reasons);
    }

    public Plant Plant { get; }

    public Line Line { get; }

    /// <summary>Every reading of the scripts so far, in script order.</summary>
    public IReadOnlyList<Reading> Readings => _readings;

    public static DateTime At(string clock, DateOnly? day = null)
    {
        TimeSpan time = TimeSpan.Parse(clock.Count(c => c == ':') == 1 ? clock + ":00" : clock, CultureInfo.InvariantCulture);
        return (day ?? Day).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) + time;
    }

    /// <summary>Adds readings, one a line: <c>time machine signal value</c>; the value <c>stale</c> marks the source as gone.</summary>
    public TestLine Tell(string script, DateOnly? day = null)
    {
        foreach (string row in script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] word = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(Plant.TryGetSignal($"site/hall/line1/{word[1]}/{word[2]}", out Signal? signal), $"no such signal: {row}");
            DateTime at = At(word[0], day);
            string value = word.Length > 3 ? word[3] : "";
            _readings.Add(value == "stale" ? new Reading(signal, at, double.NaN, null, ReadingFlags.Stale)
                : signal.IsText ? new Reading(signal, at, double.NaN, value)
                : new Reading(signal, at, double.Parse(value, CultureInfo.InvariantCulture)));
        }

        return this;
    }

    /// <summary>Adds a counter that rises evenly between two times, one reading every <paramref name="step"/>, ends included.</summary>
    public TestLine Count(string machine, string signal, string from, string to, double first, double last, TimeSpan? step = null)
    {
        Assert.True(Plant.TryGetSignal($"site/hall/line1/{machine}/{signal}", out Signal? counter));
        DateTime start = At(from);
        TimeSpan length = At(to) - start;
        TimeSpan each = step ?? TimeSpan.FromSeconds(10);
        for (TimeSpan passed = TimeSpan.Zero; passed <= length; passed += each)
        {
            _readings.Add(new Reading(counter, start + passed, Math.Floor(first + ((last - first) * (passed / length)))));
        }

        return this;
    }

    public LineEngine Engine(LineEngineOptions? options = null) => Fed(_readings, options);

    public LineEngine Fed(IEnumerable<Reading> readings, LineEngineOptions? options = null)
    {
        LineEngine engine = new(Plant, Line, options);
        foreach (Reading reading in readings)
        {
            engine.Accept(reading);
        }

        return engine;
    }

    public ShiftRecord Shift(string at) => Engine().Compute(Line.Shifts.At(At(at))!);
}

internal sealed record TestMachine(string Id, StateMap States, (string Id, SignalRole Role)[] Signals, double? DesignRate = null);

internal sealed record TestLineSetup
{
    public static readonly StateMap Codes = new()
    {
        Name = "own",
        States = new Dictionary<int, Bucket?>
        {
            [1] = Bucket.Waiting,
            [2] = null,
            [8] = Bucket.Lack,
            [16] = Bucket.Tailback,
            [32] = Bucket.LackBranchLine,
            [128] = Bucket.Run,
            [256] = null,
            [1024] = Bucket.OwnFailure,
            [2048] = Bucket.ExternalFailure,
        },
        StateNames = new Dictionary<int, string> { [128] = "Operating" },
        Modes = new Dictionary<int, Bucket> { [2] = Bucket.UnplannedMaintenance },
        Programs = new Dictionary<int, Bucket>
        {
            [8] = Bucket.UnplannedMaintenance,
            [16] = Bucket.SetUp,
            [64] = Bucket.PlannedDown,
        },
    };

    public static readonly (string Id, SignalRole Role)[] AllSignals =
    [
        ("state", SignalRole.State), ("mode", SignalRole.Mode), ("program", SignalRole.Program), ("fault", SignalRole.FaultCode),
        ("total", SignalRole.CountTotal), ("reject", SignalRole.CountReject), ("product", SignalRole.Product), ("order", SignalRole.Order),
        ("temperature", SignalRole.Process),
    ];

    public IReadOnlyList<TestMachine> Machines { get; init; } = [new("filler", Codes, AllSignals)];

    public string Critical { get; init; } = "filler";

    public string? Counting { get; init; }

    public IReadOnlyList<Conveyor> Conveyors { get; init; } = [];

    public IReadOnlyList<Product> Products { get; init; } = [new("cola", "Cola", 3600), new("water", "Water", 1800)];

    public IReadOnlyList<Reason> Reasons { get; init; } = [];

    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    public IReadOnlyList<Shift> Shifts { get; init; } = [EveryDay("Early", "06:00", "14:00"), EveryDay("Late", "14:00", "22:00")];

    public IReadOnlyList<PlannedStop> PlannedStops { get; init; } = [];

    public TimeSpan MicroStop { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan? SilentAfter { get; init; } = TimeSpan.FromDays(2);

    public bool NoOrderIsLoss { get; init; } = true;

    public string Decoder { get; init; } = "json";

    public static Shift EveryDay(string name, string start, string end, params (string Start, string End)[] breaks) => new(
        name,
        TimeOnly.Parse(start, CultureInfo.InvariantCulture),
        TimeOnly.Parse(end, CultureInfo.InvariantCulture),
        Enum.GetValues<DayOfWeek>().ToHashSet(),
        [.. breaks.Select(pause => new PlannedBreak(
            TimeOnly.Parse(pause.Start, CultureInfo.InvariantCulture), TimeOnly.Parse(pause.End, CultureInfo.InvariantCulture)))]);
}
