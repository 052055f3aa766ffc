using Linewatch.Operations.Alerts;
using Linewatch.Plants;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>One line of one filler in Berlin, early shift from 6 to 14.</summary>
internal static class TestPlant
{
    public static CurrentPlant Create()
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Machine filler = new()
        {
            Id = "filler",
            Name = "Filler",
            Kind = "filler",
            States = new StateMap { Name = "own", States = new Dictionary<int, Bucket?>(), StateNames = new Dictionary<int, string>() },
            Signals = [new Signal { Path = new SignalPath("rhine", "hall1", "line1", "filler", "pressure"), Name = "Pressure", Unit = "bar", Index = 0 }],
        };
        Line line = new()
        {
            Id = "line1",
            Name = "Line 1",
            Area = "hall1",
            Machines = [filler],
            CriticalMachine = filler,
            CountingMachine = filler,
            Shifts = new ShiftPlan(zone, [new Shift("Early", new TimeOnly(6, 0), new TimeOnly(14, 0), Enum.GetValues<DayOfWeek>().ToHashSet(), [])], []),
        };
        return new CurrentPlant(new Plant("Rhine", "rhine", zone, [line], [], [], []));
    }

    public static AlertCondition Pressure(DateTime eventTime, string rule = "band", AlertSeverity severity = AlertSeverity.Medium) => new()
    {
        Rule = rule,
        Source = new AlertSource("line1", "filler", "pressure"),
        Severity = severity,
        EventTime = eventTime,
        Message = $"Pressure is 4.4 bar ({rule})",
        Value = 4.4,
        Unit = "bar",
    };
}
