namespace Linewatch.Plants.Yaml;

/// <summary>Reads the top level of a plant file and hands each part to its own reader.</summary>
internal sealed class PlantReader(YamlNode root, FaultList faults)
{
    public Plant? Read()
    {
        YamlSection top = new(root, "the plant", faults);
        string name = top.Require("plant", Scalars.Text, "");
        string site = top.Require("site", Scalars.Id, "");
        TimeZoneInfo zone = top.Require("timeZone", Scalars.TimeZone, TimeZoneInfo.Utc);
        Dictionary<string, Product> products = ReadProducts(top);
        ShiftReader shifts = new(zone, faults);
        IReadOnlyList<Shift> commonShifts = shifts.ReadShifts(top);
        IReadOnlyList<Reason> reasons = new ReasonReader(faults).Read(top);
        IReadOnlyList<Source> sources = new SourceReader(faults).Read(top);
        MachineReader machines = new(site, faults, MachineReader.ReadTypes(top));
        machines.CheckTypes();

        IReadOnlyList<(YamlSection Section, string Id)> lineSections = ReadLineIds(top);
        IReadOnlyDictionary<string, List<PlannedStop>> stops = shifts.ReadPlannedStops(top, [.. lineSections.Select(line => line.Id)]);
        LineReader lineReader = new(machines, shifts, products, commonShifts, stops, faults);
        List<Line> lines = [.. lineSections.Select(line => lineReader.Read(line.Section, line.Id))];

        TimeSpan silentAfter = top.Optional("silentAfter", Scalars.Duration, TimeSpan.FromMinutes(5));
        ClockPolicy clock = ReadClock(top);
        MaintenanceSetup maintenance = new MaintenanceReader(zone, faults).Read(top, lines);
        top.Finish();
        return faults.Count > 0
            ? null
            : new Plant(name, site, zone, lines, [.. products.Values], sources, reasons) { SilentAfter = silentAfter, Clock = clock, Maintenance = maintenance };
    }

    private Dictionary<string, Product> ReadProducts(YamlSection top)
    {
        Dictionary<string, Product> products = new(StringComparer.Ordinal);
        foreach (YamlNode node in top.List("products"))
        {
            YamlSection section = new(node, "a product", faults);

            // Products are called what the machines report them as, so the text is free.
            if (section.TryRequire("id", Scalars.Text, out string? id) && products.ContainsKey(id))
            {
                section.Fault("id", $"the product '{id}' is already described above; ids are unique");
            }

            string name = section.Optional("name", Scalars.Text, id ?? "");
            double rate = section.Require("idealRate", Scalars.RatePerHour, 1);
            double? volume = section.OptionalStruct("volume", Scalars.Millilitres);
            double? price = section.OptionalStruct("pricePerLitre", Scalars.NotNegative);
            section.Finish();
            if (id is not null)
            {
                products.TryAdd(id, new Product(id, name, rate, volume, (decimal?)price));
            }
        }

        return products;
    }

    private List<(YamlSection Section, string Id)> ReadLineIds(YamlSection top)
    {
        List<(YamlSection, string)> lines = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        IReadOnlyList<YamlNode> nodes = top.List("lines");
        if (nodes.Count == 0)
        {
            top.Fault("lines", "the plant has no lines; at least one is needed");
        }

        foreach (YamlNode node in nodes)
        {
            YamlSection section = new(node, "a line", faults);
            if (section.TryRequire("id", Scalars.Id, out string? id))
            {
                section = new YamlSection(node, $"line '{id}'", faults);
                section.Find("id");
                if (!seen.Add(id))
                {
                    section.Fault("id", $"the line '{id}' is already described above; ids are unique");
                }
            }

            if (node.Kind == YamlKind.Mapping)
            {
                lines.Add((section, id ?? ""));
            }
        }

        return lines;
    }

    private ClockPolicy ReadClock(YamlSection top)
    {
        if (top.Find("clock") is not { } node)
        {
            return new ClockPolicy();
        }

        YamlSection section = new(node, "the clock policy", faults);
        ClockPolicy standard = new();
        ClockPolicy policy = new()
        {
            Tolerance = section.Optional("tolerance", Scalars.Duration, standard.Tolerance),
            Future = section.Optional("future", Scalars.Word(Scalars.Kebab<FutureTime>()), standard.Future),
            Drift = section.Optional("drift", Scalars.Duration, standard.Drift),
            OldestAccepted = section.OptionalStruct("oldestAccepted", Scalars.Duration),
        };
        section.Finish();
        return policy;
    }
}
