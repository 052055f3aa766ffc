using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Anomalies.Training;

/// <summary>A mixer whose flow, pressure and current follow one load that nobody measures; its plant file may choose a detector of rows.</summary>
internal sealed class Mixer
{
    private static readonly string[] Ids = ["flow", "pressure", "current"];

    private readonly Signal _state;

    public Mixer(RowDetector? rows = RowDetector.PrincipalComponents)
    {
        int index = 0;
        _state = new Signal { Path = Path("state"), Name = "State", Role = SignalRole.State, Index = index++ };
        Signals = [.. Ids.Select(id => new Signal { Path = Path(id), Name = id, Unit = "bar", Index = index++ })];
        Machine = new Machine { Id = "mixer", Name = "Mixer", States = StateMaps.PackMl, RowDetector = rows, Signals = [_state, .. Signals] };
        Line = new Line
        {
            Id = "line1",
            Name = "Line 1",
            Area = "hall1",
            Machines = [Machine],
            CriticalMachine = Machine,
            CountingMachine = Machine,
            Shifts = ShiftPlan.None(TimeZoneInfo.Utc),
        };
        Plant = new Plant("Rhine", "rhine", TimeZoneInfo.Utc, [Line], [], [], []);
    }

    public Machine Machine { get; }

    public Line Line { get; }

    public Plant Plant { get; }

    public IReadOnlyList<Signal> Signals { get; }

    /// <summary>Its readings, one a minute of each signal: it runs for six hours and stands for a quarter.</summary>
    /// <param name="from">Begin.</param>
    /// <param name="days">How long.</param>
    /// <param name="seed">Of the noise.</param>
    /// <param name="broken">Whether the current has left the other two, by far less than its own band is wide, by the day.</param>
    public List<Reading> Readings(DateTime from, double days, int seed = 1, Func<double, bool>? broken = null)
    {
        List<Reading> readings = [];
        int minutes = (int)(days * 1440);
        double[][] noise = [.. Enumerable.Range(seed * 10, 4).Select(one => Series.Noise(one, minutes))];
        bool? ran = null;
        for (int minute = 0; minute < minutes; minute++)
        {
            DateTime at = from.AddMinutes(minute);
            bool runs = minute % 375 < 360;
            if (runs != ran)
            {
                readings.Add(new Reading(_state, at, runs ? 6 : 2));
                ran = runs;
            }

            double load = noise[3][minute];
            double away = broken?.Invoke(minute / 1440.0) == true ? 0.8 : 0;
            readings.Add(new Reading(Signals[0], at.AddSeconds(1), 10 + load + (0.1 * noise[0][minute])));
            readings.Add(new Reading(Signals[1], at.AddSeconds(2), 50 + (2 * load) + (0.2 * noise[1][minute])));
            readings.Add(new Reading(Signals[2], at.AddSeconds(3), 7 - load + away + (0.1 * noise[2][minute])));
        }

        return readings;
    }

    private static SignalPath Path(string signal) => new("rhine", "hall1", "line1", "mixer", signal);
}
