using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;
using Linewatch.BottlingPlant.Signals;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>The values of a machine at an instant, in the order of its signals.</summary>
internal static class Sampler
{
    /// <summary>Signals that every machine has, before those of its own.</summary>
    public static readonly string[] CommonIds = ["state", "program", "fault", "product", "order", "speed", "total", "rejects", "good"];

    /// <summary>Ids of all signals of a machine; the index is the signal's number within it.</summary>
    public static IReadOnlyList<string> Ids(MachineModel machine) =>
    [
        .. CommonIds,
        .. machine.Signals.Select(signal => signal.Id),
        .. machine.Meters.Select(meter => meter.Id),
        .. machine.Series.SelectMany(series => Enumerable.Range(1, series.Count).Select(series.IdOf)),
    ];

    /// <summary>Fills <paramref name="values"/> with what is due.</summary>
    public static void Sample(Machine machine, long now, SampleParts parts, List<SampleValue> values)
    {
        values.Clear();
        values.Add(SampleValue.Of(0, machine.StateCode));
        if (parts.HasFlag(SampleParts.Status))
        {
            values.Add(SampleValue.Of(1, (int)machine.Programme));
            values.Add(SampleValue.Of(2, machine.FaultCode));
            values.Add(new SampleValue(3, 0, machine.Product?.Id ?? "", false));
            values.Add(new SampleValue(4, 0, machine.Order, false));
        }

        values.Add(SampleValue.Of(5, (long)Math.Round(Rates.ToPerHour(machine.Station.Rate))));
        values.Add(SampleValue.Of(6, machine.ShownTotal));
        values.Add(SampleValue.Of(7, machine.ShownRejected));
        values.Add(SampleValue.Of(8, machine.ShownGood));
        int index = CommonIds.Length;
        if (parts.HasFlag(SampleParts.Process))
        {
            double nominal = machine.Product?.Millilitres ?? 0;
            foreach (ProcessSignal signal in machine.Signals)
            {
                double basis = signal.Model.PlusNominal ? nominal : signal.Model.IsInfeedFill ? InfeedFill(machine) : 0;
                if (signal.At(now, machine.Failures, basis) is { } value)
                {
                    values.Add(new SampleValue(index, value, null, false));
                }

                index++;
            }
        }

        if (parts.HasFlag(SampleParts.Slow))
        {
            AddSlow(machine, now, values);
        }
    }

    private static void AddSlow(Machine machine, long now, List<SampleValue> values)
    {
        int index = CommonIds.Length + machine.Signals.Count;
        foreach (MeterModel meter in machine.Model.Meters)
        {
            values.Add(new SampleValue(index++, machine.Meter(meter, now), null, false));
        }

        if (machine.Condition != Condition.Run)
        {
            return;
        }

        foreach (ComponentSeries series in machine.Series)
        {
            for (int component = 1; component <= series.Model.Count; component++)
            {
                values.Add(new SampleValue(index++, series.At(now, component, machine.Product?.Millilitres ?? 0, machine.Failures), null, false));
            }
        }
    }

    private static double InfeedFill(Machine machine) =>
        machine.Station.Upstream is { } conveyor ? 100.0 * conveyor.Level / conveyor.Capacity : 0;
}

/// <summary>One value of a sample.</summary>
/// <param name="Signal">Number of the signal within its machine.</param>
/// <param name="Number">The value, unless it is a text.</param>
/// <param name="Text">The value of a text signal.</param>
/// <param name="IsWhole">Whether it is a code or a count.</param>
internal readonly record struct SampleValue(int Signal, double Number, string? Text, bool IsWhole)
{
    public static SampleValue Of(int signal, long number) => new(signal, number, null, true);
}
