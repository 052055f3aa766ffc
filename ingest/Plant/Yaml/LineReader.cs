namespace Linewatch.Plants.Yaml;

/// <summary>Reads one line with its machines and conveyors.</summary>
internal sealed class LineReader(
    MachineReader machineReader,
    ShiftReader shiftReader,
    Dictionary<string, Product> products,
    IReadOnlyList<Shift> commonShifts,
    IReadOnlyDictionary<string, List<PlannedStop>> plannedStops,
    FaultList faults)
{
    private static readonly ScalarKind<bool> NoOrder = Scalars.Word(("loss", true), ("not-scheduled", false));

    public Line Read(YamlSection section, string id)
    {
        string name = section.Optional("name", Scalars.Text, id);
        string area = section.Require("area", Scalars.Id, "");
        List<Machine> machines = ReadMachines(section, area, id);
        Machine none = new() { Id = "", Name = "", States = StateMaps.PackMl, Signals = [] };
        Machine last = machines.LastOrDefault(machine => machine.Find(SignalRole.CountGood) is not null || machine.Find(SignalRole.CountTotal) is not null)
            ?? (machines.Count > 0 ? machines[^1] : none);
        Machine critical = Reference(section, "criticalMachine", machines)
            ?? machines.FirstOrDefault(machine => machine.Kind == "filler") ?? (machines.Count > 0 ? machines[0] : none);
        Machine counting = Reference(section, "countingMachine", machines) ?? last;
        if (section.Node.Find("countingMachine") is not null && counting.Find(SignalRole.CountGood) is null && counting.Find(SignalRole.CountTotal) is null && counting != last)
        {
            section.Fault("countingMachine", $"the machine '{counting.Id}' has no counter; allowed: a machine with a signal of role count-good or count-total");
        }

        Line line = new()
        {
            Id = id,
            Name = name,
            Area = area,
            Machines = machines,
            CriticalMachine = critical,
            CountingMachine = counting,
            Conveyors = ReadConveyors(section, machines),
            MicroStop = section.Optional("microStop", Scalars.Duration, TimeSpan.FromMinutes(5)),
            AllowedLateness = section.Optional("allowedLateness", Scalars.Duration, TimeSpan.FromMinutes(2)),
            IdealRates = ReadIdealRates(section),
            DefaultProduct = ReadDefaultProduct(section),
            Shifts = ReadShifts(section, id),
            NoOrderIsLoss = section.Optional("noOrder", NoOrder, true),
            UnitMargin = section.OptionalStruct("unitMargin", Scalars.Money),
        };
        section.Finish();
        return line;
    }

    private List<Machine> ReadMachines(YamlSection section, string area, string line)
    {
        List<Machine> machines = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        IReadOnlyList<YamlNode> nodes = section.List("machines");
        if (nodes.Count == 0)
        {
            section.Fault("machines", $"{section.What} has no machines; at least one is needed");
        }

        foreach (YamlNode node in nodes)
        {
            Machine machine = machineReader.Read(node, area, line);
            if (machine.Id.Length > 0 && !ids.Add(machine.Id))
            {
                faults.Add(node.Find("id") ?? node, $"the machine '{machine.Id}' is already described in {section.What}; ids are unique within a line");
            }

            machines.Add(machine);
        }

        return machines;
    }

    private static Machine? Reference(YamlSection section, string key, List<Machine> machines)
    {
        if (section.Find(key) is not { } node || !section.TryRead(node, key, Scalars.Id, out string? id))
        {
            return null;
        }

        Machine? machine = machines.FirstOrDefault(candidate => candidate.Id == id);
        if (machine is null)
        {
            section.Fault(node, $"unknown machine '{id}' for '{key}' of {section.What}{Nearest.Hint(id, [.. machines.Select(candidate => candidate.Id)])}");
        }

        return machine;
    }

    private List<Conveyor> ReadConveyors(YamlSection section, List<Machine> machines)
    {
        List<Conveyor> conveyors = [];
        foreach (YamlNode node in section.List("conveyors"))
        {
            YamlSection part = new(node, "a conveyor", faults);
            bool ends = part.TryRequire("from", Scalars.Id, out string? from) & part.TryRequire("to", Scalars.Id, out string? to);
            TimeSpan capacity = part.Require("capacity", Scalars.DurationOrNone, default);
            TimeSpan transport = part.Optional("transport", Scalars.DurationOrNone, TimeSpan.Zero);
            part.Finish();
            if (!ends)
            {
                continue;
            }

            string[] known = [.. machines.Select(machine => machine.Id)];
            int upstream = Array.IndexOf(known, from);
            int downstream = Array.IndexOf(known, to);
            if (upstream < 0)
            {
                part.Fault("from", $"unknown machine '{from}'{Nearest.Hint(from!, known)}");
            }

            if (downstream < 0)
            {
                part.Fault("to", $"unknown machine '{to}'{Nearest.Hint(to!, known)}");
            }

            if (upstream >= 0 && downstream >= 0 && downstream <= upstream)
            {
                part.Fault("to", $"the conveyor runs from '{from}' back to '{to}'; machines stand in flow order and a conveyor runs downstream");
            }

            conveyors.Add(new Conveyor(from!, to!, capacity, transport));
        }

        return conveyors;
    }

    private Dictionary<string, double> ReadIdealRates(YamlSection section)
    {
        Dictionary<string, double> rates = new(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in section.Map("idealRates"))
        {
            if (!products.ContainsKey(key.Text))
            {
                section.Fault(key, $"unknown product '{key.Text}'{Nearest.Hint(key.Text, products.Keys)}");
            }

            if (section.TryRead(value, key.Text, Scalars.RatePerHour, out double rate))
            {
                rates[key.Text] = rate;
            }
        }

        return rates;
    }

    private Product? ReadDefaultProduct(YamlSection section)
    {
        if (section.Find("defaultProduct") is not { } node || !section.TryRead(node, "defaultProduct", Scalars.Text, out string? id))
        {
            return null;
        }

        if (!products.TryGetValue(id, out Product? product))
        {
            section.Fault(node, $"unknown product '{id}'{Nearest.Hint(id, products.Keys)}");
        }

        return product;
    }

    private ShiftPlan ReadShifts(YamlSection section, string id)
    {
        IReadOnlyList<Shift> own = shiftReader.ReadShifts(section);
        return new ShiftPlan(
            shiftReader.Zone,
            section.Node.Find("shifts") is null ? commonShifts : own,
            plannedStops.TryGetValue(id, out List<PlannedStop>? stops) ? stops : []);
    }
}
