using System.Globalization;
using System.Text;
using Linewatch.BottlingPlant.Calendar;
using Linewatch.BottlingPlant.Dialects;
using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;
using Linewatch.BottlingPlant.Signals;

namespace Linewatch.BottlingPlant;

/// <summary>Writes the <c>plant.yaml</c> that describes exactly what the virtual plant publishes.</summary>
internal sealed class PlantYamlWriter(
    VirtualPlantOptions options, DateTime start, ShiftCalendar calendar, IReadOnlyList<LineModel> lines, IReadOnlyList<IDialect> dialects)
{
    /// <summary>How far ahead of the start the weekly cleanings are listed, in days.</summary>
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
        Maintenance();
        Reasons();
        Sources();
        Types();
        Lines();
        return _text.ToString();
    }

    private void Products()
    {
        Section("products");
        foreach (ProductModel product in lines.SelectMany(line => line.Products).DistinctBy(product => product.Id).OrderBy(product => product.Id, StringComparer.Ordinal))
        {
            Line(2, $"- {{ id: {product.Id}, name: {product.Name}, idealRate: {product.IdealRate}/h, volume: {product.Millilitres} ml, pricePerLitre: 0.4 }}");
        }
    }

    private void Shifts()
    {
        Section("shifts");
        foreach (ShiftModel shift in calendar.Shifts)
        {
            string days = string.Join(", ", shift.Days.OrderBy(day => ((int)day + 6) % 7).Select(day => day.ToString()[..3]));
            string breaks = string.Join(", ", shift.Breaks.Select(pause => string.Create(CultureInfo.InvariantCulture, $"{{ start: \"{pause.Start:HH:mm}\", end: \"{pause.End:HH:mm}\" }}")));
            Line(2, $"- {{ name: {shift.Name}, start: \"{shift.Start:HH:mm}\", end: \"{shift.End:HH:mm}\", days: [{days}], breaks: [{breaks}] }}");
        }

        Section("plannedStops");
        DateOnly first = DateOnly.FromDateTime(start).AddDays(-1);
        foreach ((DateTime from, DateTime to) in Enumerable.Range(0, CleaningDays).SelectMany(day => calendar.LocalCleaningsOn(first.AddDays(day))))
        {
            Line(2, $"- {{ kind: cleaning, start: \"{from:yyyy-MM-dd HH:mm}\", end: \"{to:yyyy-MM-dd HH:mm}\", lines: [{string.Join(", ", lines.Select(line => line.Id))}] }}");
        }
    }

    /// <summary>What the care of the components that show their wear takes: as long as their repair.</summary>
    private void Maintenance()
    {
        Section("maintenance");
        Line(2, "crews: [{ skill: mechanic, people: 2 }]");
        Line(2, "components:");
        foreach (MachineModel machine in lines.SelectMany(line => line.Machines).DistinctBy(machine => machine.Id))
        {
            foreach ((string component, FailureMode mode) in machine.WearingComponents())
            {
                string life = string.Create(CultureInfo.InvariantCulture, $"{(mode.MeanBetween + ((mode.Course.Shortest + mode.Course.Longest) / 2)).TotalDays:F0} d");
                Line(4, $"- {{ component: {component}, machines: [{machine.Id}], skill: mechanic, duration: {mode.RepairMinutes} min, life: {life} }}");
            }
        }
    }

    private void Reasons()
    {
        Section("reasons");
        IEnumerable<(string Reason, int Code, string Name)> faults = lines.SelectMany(line => line.Machines).DistinctBy(machine => machine.Id).SelectMany(machine =>
            machine.Faults.Select(fault => (fault.Reason, fault.Code, Name: $"{machine.Name}: {fault.Name}"))
                .Concat(machine.Failures.Where(mode => !mode.Benign).Select(mode => (Reason: "wear", Code: mode.FaultCode, Name: $"{machine.Name}: {mode.Name}"))));
        foreach (IGrouping<string, (string Reason, int Code, string Name)> group in faults.Append((Reason: "utilities", Code: Disturbances.AirPressure, Name: "Compressed air")).GroupBy(fault => fault.Reason))
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
        Section("sources");
        foreach (SourceFacts source in dialects.Select(dialect => dialect.Source).DistinctBy(source => source.Name))
        {
            Line(2, $"- name: {source.Name}");
            Line(4, $"topic: \"{source.Topic}\"");
            Line(4, $"decoder: {source.Decoder}");
            if (source.Options.Length > 0)
            {
                Line(4, $"options: {source.Options}");
            }
        }
    }

    private void Types()
    {
        Section("types");
        foreach ((LineModel line, MachineModel machine, IDialect dialect) in lines
            .Zip(dialects)
            .SelectMany(pair => pair.First.Machines.Select(machine => (pair.First, machine, pair.Second)))
            .DistinctBy(entry => TypeName(entry.machine, entry.Second)))
        {
            Type(line, machine, dialect);
        }
    }

    private void Lines()
    {
        Section("lines");
        foreach ((LineModel line, IDialect dialect) in lines.Zip(dialects))
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
                Line(6, $"- {{ id: {machine.Id}, type: {TypeName(machine, dialect)} }}");
            }

            Conveyors(line);
        }
    }

    private void Conveyors(LineModel line)
    {
        Line(4, "conveyors:");
        for (int index = 0; index < line.Stations.Count; index++)
        {
            IReadOnlyList<MachineModel> station = line.Stations[index];
            foreach ((MachineModel from, MachineModel to) in station.Zip(station.Skip(1)))
            {
                Line(6, $"- {{ from: {from.Id}, to: {to.Id}, capacity: 1 s, transport: 1 s }}");
            }

            if (index < line.Conveyors.Count)
            {
                ConveyorModel conveyor = line.Conveyors[index];
                Line(6, $"- {{ from: {station[^1].Id}, to: {line.Stations[index + 1][0].Id}, capacity: {conveyor.Capacity.TotalSeconds} s, transport: {conveyor.Transport.TotalSeconds} s }}");
            }
        }
    }

    private void Type(LineModel line, MachineModel machine, IDialect dialect)
    {
        Line(2, $"{TypeName(machine, dialect)}:");
        Line(4, $"name: {machine.Name}");
        Line(4, $"kind: {machine.Kind}");
        Line(4, $"designRate: {Math.Round(line.DesignRate * machine.SpeedFactor)}/h");
        Line(4, $"ratedPower: {machine.RatedKilowatt} kW");
        Line(4, machine.Codes == StateCodes.Weihenstephan
            ? "states: weihenstephan"
            : "states: { base: packml, programs: { 8: unplanned-maintenance, 16: set-up, 64: planned-down } }");
        Line(4, "signals:");
        Signal(dialect, "state", "State", dialect is SparkplugDialect ? "role: state, silentAfter: 30 d" : "role: state");
        Signal(dialect, "program", "Programme", "role: program");
        Signal(dialect, "fault", "Fault code", "role: fault-code");
        Signal(dialect, "product", "Product", "role: product");
        Signal(dialect, "order", "Order", "role: order");
        Signal(dialect, "speed", "Speed", "role: speed, unit: 1/h, min: 0, max: 200000");
        Signal(dialect, "total", "Bottles in", string.Create(CultureInfo.InvariantCulture, $"role: count-total, unit: \"1\", counterMaximum: {machine.CounterMaximum}"));
        Signal(dialect, "rejects", "Bottles rejected", string.Create(CultureInfo.InvariantCulture, $"role: count-reject, unit: \"1\", counterMaximum: {machine.CounterMaximum}"));
        if (dialect is PackMLDialect)
        {
            Signal(dialect, "starved", "Starved", "role: starved");
            Signal(dialect, "blocked", "Blocked", "role: blocked");
        }
        else
        {
            Signal(dialect, "good", "Good bottles", string.Create(CultureInfo.InvariantCulture, $"role: count-good, unit: \"1\", counterMaximum: {machine.CounterMaximum}"));
        }

        foreach (SignalModel signal in machine.Signals)
        {
            // How full a conveyor is follows from the line's stops; it says nothing about a machine's health.
            string watched = signal.IsInfeedFill ? ", watched: false" : "";
            string residence = signal.ResidenceMinutes > 0 ? string.Create(CultureInfo.InvariantCulture, $", pasteuriserResidence: {signal.ResidenceMinutes} min") : "";
            Signal(dialect, signal.Id, signal.Name, Range(signal.Unit, signal.Minimum, signal.Maximum) + Wear(signal.Wear, "") + watched + residence);
        }

        foreach (MeterModel meter in machine.Meters)
        {
            Signal(dialect, meter.Id, meter.Name, $"role: meter, unit: \"{meter.Unit}\"");
        }

        foreach (ComponentSeriesModel series in machine.Series)
        {
            for (int component = 1; component <= series.Count; component++)
            {
                Signal(dialect, series.IdOf(component), $"{series.Name} {component}", Range(series.Unit, series.Minimum, series.Maximum) + Wear(series.Wear, $" {component}"));
            }
        }
    }

    private void Signal(IDialect dialect, string id, string name, string facts)
    {
        string source = dialect.NameOf(id) is var published && published != id ? $", source: {published}" : "";
        Line(6, $"- {{ id: {id}, name: {name}{source}, {facts} }}");
    }

    private static string Range(string unit, double minimum, double maximum) =>
        string.Create(CultureInfo.InvariantCulture, $"unit: \"{unit}\", min: {minimum}, max: {maximum}");

    private static string Wear(WearLimitModel? wear, string number) => wear is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $", wear: {{ limit: {wear.Limit}, direction: {(wear.Rising ? "rising" : "falling")}, component: {wear.Component}{number}{(wear.AgainstSiblings ? ", against: siblings" : "")} }}");

    private static string TypeName(MachineModel machine, IDialect dialect) => machine.Id + dialect switch
    {
        WeihenstephanDialect => "-ws",
        PackMLDialect => "-packml",

        // Reports by exception: silence only means that nothing changed.
        SparkplugDialect => "-sparkplug",
        _ => "",
    };

    private void Section(string name)
    {
        Line(0, "");
        Line(0, $"{name}:");
    }

    private void Line(int indent, FormattableString text) => Line(indent, text.ToString(CultureInfo.InvariantCulture));

    private void Line(int indent, string text) => _text.Append(' ', indent).Append(text).Append('\n');
}
