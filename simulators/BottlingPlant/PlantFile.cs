using System.Globalization;
using System.Text;
using Linewatch.BottlingPlant.Calendar;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;
using Linewatch.BottlingPlant.Signals;

namespace Linewatch.BottlingPlant;

/// <summary>Writes the <c>plant.yaml</c> that describes exactly what the virtual plant publishes.</summary>
internal sealed class PlantFile(VirtualPlantOptions options, DateTime start, ShiftCalendar calendar, IReadOnlyList<LineModel> lines)
{
    /// <summary>How far ahead of the start the weekly cleanings are listed.</summary>
    private const int CleaningDays = 120;

    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        _text.Clear();
        Line(0, "# The virtual bottling plant, as linewatch-sim publishes it.");
        Line(0, "plant: Virtual bottling plant");
        Line(0, $"site: {options.Site}");
        Line(0, $"timeZone: {options.TimeZone}");
        Products();
        Shifts();
        Reasons();
        Sources();
        Lines();
        return _text.ToString();
    }

    private void Products()
    {
        Line(0, "");
        Line(0, "products:");
        foreach (ProductModel product in lines.SelectMany(line => line.Products).DistinctBy(product => product.Id).OrderBy(product => product.Id, StringComparer.Ordinal))
        {
            Line(2, $"- {{ id: {product.Id}, name: {product.Name}, idealRate: {product.IdealRate}/h, volume: {product.Millilitres} ml }}");
        }
    }

    private void Shifts()
    {
        Line(0, "");
        Line(0, "shifts:");
        foreach (ShiftModel shift in calendar.Shifts)
        {
            string days = string.Join(", ", shift.Days.OrderBy(day => ((int)day + 6) % 7).Select(day => day.ToString()[..3]));
            string breaks = string.Join(", ", shift.Breaks.Select(pause => string.Create(CultureInfo.InvariantCulture, $"{{ start: \"{pause.Start:HH:mm}\", end: \"{pause.End:HH:mm}\" }}")));
            Line(2, $"- {{ name: {shift.Name}, start: \"{shift.Start:HH:mm}\", end: \"{shift.End:HH:mm}\", days: [{days}], breaks: [{breaks}] }}");
        }

        DateOnly first = DateOnly.FromDateTime(start).AddDays(-1);
        List<(DateTime Start, DateTime End)> cleanings = [.. Enumerable.Range(0, CleaningDays).SelectMany(day => calendar.LocalCleaningsOn(first.AddDays(day)))];
        if (cleanings.Count == 0)
        {
            return;
        }

        Line(0, "");
        Line(0, "plannedStops:");
        foreach ((DateTime from, DateTime to) in cleanings)
        {
            Line(2, $"- {{ kind: cleaning, start: \"{from:yyyy-MM-dd HH:mm}\", end: \"{to:yyyy-MM-dd HH:mm}\", lines: [{string.Join(", ", lines.Select(line => line.Id))}] }}");
        }
    }

    private void Reasons()
    {
        Line(0, "");
        Line(0, "reasons:");
        var faults = lines.SelectMany(line => line.Machines).DistinctBy(machine => machine.Id).SelectMany(machine =>
            machine.Faults.Select(fault => (fault.Reason, fault.Code, Name: $"{machine.Name}: {fault.Name}"))
                .Concat(machine.Failures.Where(mode => !mode.Benign).Select(mode => (Reason: "wear", Code: mode.FaultCode, Name: $"{machine.Name}: {mode.Name}"))));
        foreach (var group in faults.Append((Reason: "utilities", Code: Disturbances.AirPressure, Name: "Compressed air")).GroupBy(fault => fault.Reason))
        {
            Line(2, $"- id: {group.Key}");
            Line(4, $"name: {char.ToUpperInvariant(group.Key[0])}{group.Key[1..]}");
            Line(4, "children:");
            foreach ((string _, int code, string name) in group)
            {
                Line(6, $"- {{ id: fault-{code}, name: \"{name}\", faultCodes: [{code}] }}");
            }
        }
    }

    private void Sources()
    {
        Line(0, "");
        Line(0, "sources:");
        Line(2, "- name: machines-json");
        Line(4, "topic: \"{site}/{area}/{line}/{machine}/data\"");
        Line(4, "decoder: json");
        Line(4, "options: { time: /ts, timeFormat: iso8601, values: /values }");
    }

    private void Lines()
    {
        Line(0, "");
        Line(0, "lines:");
        foreach (LineModel line in lines)
        {
            Line(2, $"- id: {line.Id}");
            Line(4, $"name: {line.Name}");
            Line(4, $"area: {line.Area}");
            Line(4, $"criticalMachine: {line.CriticalMachine}");
            Line(4, $"countingMachine: {line.CountingMachine}");
            Line(4, $"defaultProduct: {line.Products[0].Id}");
            Line(4, $"microStop: {line.MicroStop.TotalMinutes} min");
            Line(4, "allowedLateness: 2 min");
            Line(4, "machines:");
            foreach (MachineModel machine in line.Machines)
            {
                Machine(line, machine);
            }

            Line(4, "conveyors:");
            for (int index = 0; index < line.Conveyors.Count; index++)
            {
                ConveyorModel conveyor = line.Conveyors[index];
                Line(6, $"- {{ from: {line.Stations[index][^1].Id}, to: {line.Stations[index + 1][0].Id}, capacity: {conveyor.Capacity.TotalSeconds} s, transport: {conveyor.Transport.TotalSeconds} s }}");
                foreach ((MachineModel from, MachineModel to) in line.Stations[index + 1].Zip(line.Stations[index + 1].Skip(1)))
                {
                    Line(6, $"- {{ from: {from.Id}, to: {to.Id}, capacity: 0 s, transport: 1 s }}");
                }
            }
        }
    }

    private void Machine(LineModel line, MachineModel machine)
    {
        Line(6, $"- id: {machine.Id}");
        Line(8, $"name: {machine.Name}");
        Line(8, $"kind: {machine.Kind}");
        Line(8, $"designRate: {Math.Round(line.DesignRate * machine.SpeedFactor)}/h");
        Line(8, $"ratedPower: {machine.RatedKilowatt} kW");
        Line(8, $"states: {(machine.Codes == StateCodes.PackML ? "packml" : "weihenstephan")}");
        Line(8, "signals:");
        Line(10, "- { id: state, name: State, role: state }");
        Line(10, "- { id: program, name: Programme, role: program }");
        Line(10, "- { id: fault, name: Fault code, role: fault-code }");
        Line(10, "- { id: product, name: Product, role: product }");
        Line(10, "- { id: order, name: Order, role: order }");
        Line(10, "- { id: speed, name: Speed, role: speed, unit: 1/h, min: 0, max: 200000 }");
        Line(10, $"- {{ id: total, name: Bottles in, role: count-total, unit: \"1\", counterMaximum: {machine.CounterMaximum} }}");
        Line(10, $"- {{ id: rejects, name: Bottles rejected, role: count-reject, unit: \"1\", counterMaximum: {machine.CounterMaximum} }}");
        Line(10, $"- {{ id: good, name: Good bottles, role: count-good, unit: \"1\", counterMaximum: {machine.CounterMaximum} }}");
        foreach (SignalModel signal in machine.Signals)
        {
            string wear = signal.Wear is { } limit
                ? string.Create(CultureInfo.InvariantCulture, $", wear: {{ limit: {limit.Limit}, direction: {(limit.Rising ? "rising" : "falling")}, component: {limit.Component} }}")
                : "";
            Line(10, $"- {{ id: {signal.Id}, name: {signal.Name}, unit: \"{signal.Unit}\", min: {signal.Minimum}, max: {signal.Maximum}{wear} }}");
        }
    }

    private void Line(int indent, FormattableString text) => Line(indent, text.ToString(CultureInfo.InvariantCulture));

    private void Line(int indent, string text) => _text.Append(' ', indent).Append(text).Append('\n');
}
