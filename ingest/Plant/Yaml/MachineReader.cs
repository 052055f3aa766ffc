namespace Linewatch.Plants.Yaml;

/// <summary>
/// Reads machines and their signals. A machine with a <c>type</c> takes every key of that type that it does not write
/// itself, and the type's signals that it does not describe again by id.
/// </summary>
internal sealed class MachineReader(string site, FaultList faults, IReadOnlyList<(YamlNode Key, YamlNode Value)> types)
{
    private static readonly ScalarKind<SignalRole> Roles = Scalars.Word(Scalars.Kebab<SignalRole>());
    private static readonly ScalarKind<SignalDetector> Detectors = Scalars.Word(Scalars.Kebab<SignalDetector>());
    private static readonly ScalarKind<RowDetector> RowDetectors = Scalars.Word(Scalars.Kebab<RowDetector>());
    private static readonly ScalarKind<VibrationSupport> Supports = Scalars.Word(Scalars.Kebab<VibrationSupport>());
    private static readonly ScalarKind<bool> WearDirection = Scalars.Word(("rising", true), ("falling", false));
    private static readonly ScalarKind<bool> WearBasis = Scalars.Word(("zero", false), ("siblings", true));
    private static readonly ScalarKind<Bucket?> Buckets = Scalars.Word<Bucket?>(
        [.. Scalars.Kebab<Bucket>().Select(pair => (pair.Word, (Bucket?)pair.Value)), ("transition", null)]);

    private readonly Dictionary<YamlNode, StateMap> _ownMaps = [];
    private readonly Dictionary<string, UcumUnit?> _units = new(StringComparer.Ordinal);
    private int _signalCount;

    public static IReadOnlyList<(YamlNode Key, YamlNode Value)> ReadTypes(YamlSection top) => top.Map("types");

    /// <summary>Reports the faults of types that no machine uses.</summary>
    public void CheckTypes()
    {
        foreach ((YamlNode key, YamlNode type) in types)
        {
            if (type.Find("type") is { } nested)
            {
                faults.Add(nested, "a type cannot have a type of its own");
            }

            YamlSection section = new(type, $"type '{key.Text}'", faults);
            ReadBody(section, "type", "type", key.Text);
            section.Finish();
        }

        _signalCount = 0;
    }

    public Machine Read(YamlNode node, string area, string line)
    {
        YamlSection own = new(node, "a machine", faults);
        string id = own.Require("id", Scalars.Id, "");
        string what = id.Length > 0 ? $"machine '{id}'" : "a machine";
        YamlSection section = new(Merge(node, own), what, faults);
        section.Find("id");
        section.Find("type");
        Machine machine = ReadBody(section, area, line, id);
        section.Finish();
        return machine;
    }

    private Machine ReadBody(YamlSection section, string area, string line, string id) => new()
    {
        Id = id,
        Name = section.Optional("name", Scalars.Text, id),
        Kind = section.Optional("kind", Scalars.Id, ""),
        DesignRatePerHour = section.OptionalStruct("designRate", Scalars.RatePerHour),
        RatedPowerKilowatt = section.OptionalStruct("ratedPower", Scalars.Kilowatts),
        Support = section.Optional("support", Supports, VibrationSupport.Rigid),
        RowDetector = section.OptionalStruct("rowDetector", RowDetectors),
        States = ReadStates(section),
        Signals = ReadSignals(section, area, line, id, section.List("detectors", Detectors)),
    };

    private YamlNode Merge(YamlNode node, YamlSection own)
    {
        if (own.Find("type") is not { } named || !own.TryRead(named, "type", Scalars.Text, out string? name))
        {
            return node;
        }

        YamlNode? type = types.FirstOrDefault(pair => pair.Key.Text == name).Value;
        if (type is null)
        {
            faults.Add(named, $"unknown type '{name}'{Nearest.Hint(name, [.. types.Select(pair => pair.Key.Text)])}");
            return node;
        }

        YamlNode merged = new(YamlKind.Mapping, node.Line, node.Column);
        merged.Members.AddRange(node.Members.Where(member => member.Key.Text != "signals"));
        merged.Members.AddRange(type.Members.Where(member => member.Key.Text != "signals" && node.Find(member.Key.Text) is null));
        YamlNode? ownSignals = node.Find("signals");
        YamlNode? typeSignals = type.Find("signals");
        YamlNode signals = new(YamlKind.Sequence, (ownSignals ?? typeSignals ?? node).Line, (ownSignals ?? typeSignals ?? node).Column);
        HashSet<string> again = [.. (ownSignals?.Items ?? []).Select(IdOf).OfType<string>()];
        signals.Items.AddRange((typeSignals?.Items ?? []).Where(signal => IdOf(signal) is not { } signalId || !again.Contains(signalId)));
        signals.Items.AddRange(ownSignals?.Items ?? []);
        merged.Members.Add((new YamlNode(YamlKind.Scalar, signals.Line, signals.Column) { Text = "signals" }, signals));
        return merged;
    }

    private static string? IdOf(YamlNode signal) => signal.Kind == YamlKind.Mapping ? signal.Find("id")?.Text : null;

    private StateMap ReadStates(YamlSection section)
    {
        if (section.Find("states") is not { } node)
        {
            return StateMaps.PackMl;
        }

        if (node.Kind == YamlKind.Scalar)
        {
            return section.TryRead(node, "states", new ScalarKind<StateMap>("packml, weihenstephan, or a map of your own codes: { map: { 1: run, 2: own-failure } }", BuiltIn), out StateMap? map)
                ? map
                : StateMaps.PackMl;
        }

        if (!_ownMaps.TryGetValue(node, out StateMap? own))
        {
            _ownMaps[node] = own = ReadOwnMap(node);
        }

        return own;
    }

    private static bool BuiltIn(string text, out StateMap? map)
    {
        map = text switch { "packml" => StateMaps.PackMl, "weihenstephan" => StateMaps.Weihenstephan, _ => null };
        return map is not null;
    }

    private StateMap ReadOwnMap(YamlNode node)
    {
        YamlSection section = new(node, "the state map", faults);
        StateMap basis = section.Find("base") is { } named && section.TryRead(named, "base", new ScalarKind<StateMap>("packml or weihenstephan", BuiltIn), out StateMap? builtIn)
            ? builtIn
            : new StateMap { Name = "own", States = new Dictionary<int, Bucket?>(), StateNames = new Dictionary<int, string>() };
        StateMap map = new()
        {
            Name = "own",
            States = ReadCodes(section, "map", Buckets, basis.States),
            StateNames = ReadCodes(section, "names", Scalars.Text, basis.StateNames),
            Modes = ReadCodes(section, "modes", Scalars.Word(Scalars.Kebab<Bucket>()), basis.Modes),
            Programs = ReadCodes(section, "programs", Scalars.Word(Scalars.Kebab<Bucket>()), basis.Programs),
            Phases = ReadCodes(section, "phases", Scalars.Word(Scalars.Kebab<ProgramPhase>()), basis.Phases),
        };
        if (map.States.Count == 0 && (node.Find("map")?.Members.Count ?? 0) == 0)
        {
            section.Fault("map", "the state map is empty; allowed: codes with their buckets, such as { 1: run, 2: own-failure, 3: transition }");
        }

        section.Finish();
        return map;
    }

    private static Dictionary<int, T> ReadCodes<T>(YamlSection section, string key, ScalarKind<T> kind, IReadOnlyDictionary<int, T> basis)
    {
        Dictionary<int, T> codes = new(basis);
        foreach ((YamlNode name, YamlNode value) in section.Map(key))
        {
            if (section.TryRead(name, $"a code in {key}", Scalars.Code, out int code) && section.TryRead(value, name.Text, kind, out T? parsed))
            {
                codes[code] = parsed;
            }
        }

        return codes;
    }

    private List<Signal> ReadSignals(YamlSection section, string area, string line, string machine, IReadOnlyList<SignalDetector> detectors)
    {
        List<Signal> signals = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        HashSet<string> sourceNames = new(StringComparer.Ordinal);
        foreach (YamlNode node in section.List("signals"))
        {
            Signal signal = ReadSignal(node, area, line, machine, detectors);
            if (signal.Path.Signal.Length > 0 && !ids.Add(signal.Path.Signal))
            {
                faults.Add(node.Find("id") ?? node, $"the signal '{signal.Path.Signal}' is already described in {section.What}; ids are unique within a machine");
            }
            else if (signal.Path.Signal.Length > 0 && !sourceNames.Add(signal.SourceName))
            {
                faults.Add(node.Find("source") ?? node, $"another signal of {section.What} is already published as '{signal.SourceName}'; names are unique within a machine");
            }

            signals.Add(signal);
        }

        foreach (Signal signal in signals.Where(signal => signal.RedundantTo is not null))
        {
            YamlNode node = section.List("signals")[signals.IndexOf(signal)];
            if (signal.Role != SignalRole.Process || !signals.Any(other => other != signal && other.Role == SignalRole.Process && other.Path.Signal == signal.RedundantTo))
            {
                faults.Add(node.Find("redundantTo") ?? node, $"'{signal.RedundantTo}' is no other process value of {section.What}; allowed: the id of one that measures the same as '{signal.Path.Signal}'");
            }
        }

        return signals;
    }

    private Signal ReadSignal(YamlNode node, string area, string line, string machine, IReadOnlyList<SignalDetector> detectors)
    {
        YamlSection section = new(node, "a signal", faults);
        if (section.TryRequire("id", Scalars.Id, out string? id))
        {
            section = new YamlSection(node, $"signal '{id}'", faults);
            section.Find("id");
        }

        SignalRole role = section.Optional("role", Roles, SignalRole.Process);
        bool isText = role is SignalRole.Product or SignalRole.Order or SignalRole.Text;
        UcumUnit? unit = ReadUnit(section, "unit");
        UcumUnit? sourceUnit = ReadUnit(section, "sourceUnit");
        (double scale, double offset) = Conversion(section, unit, sourceUnit);
        double? minimum = section.OptionalStruct("min", Scalars.Number);
        double? maximum = section.OptionalStruct("max", Scalars.Number);
        Signal signal = new()
        {
            Path = new SignalPath(site, area, line, machine, id ?? ""),
            Name = section.Optional("name", Scalars.Text, id ?? ""),
            SourceName = section.Optional("source", Scalars.Text, id ?? ""),
            Role = role,
            IsText = isText,
            Unit = unit?.Name ?? (role is SignalRole.CountTotal or SignalRole.CountGood or SignalRole.CountReject ? "1" : ""),
            Scale = scale,
            Offset = offset,
            Minimum = minimum,
            Maximum = maximum,
            CounterMaximum = section.OptionalStruct("counterMaximum", Scalars.PositiveNumber),
            Deadband = section.Optional("deadband", Scalars.NotNegative, 0),
            SilentAfter = section.OptionalStruct("silentAfter", Scalars.Duration),
            StuckAfter = section.OptionalStruct("stuckAfter", Scalars.Duration),
            PasteuriserResidence = section.OptionalStruct("pasteuriserResidence", Scalars.Duration),
            Watched = section.Optional("watched", Scalars.Switch, role == SignalRole.Process),
            Detectors = section.List("detectors", Detectors) is { Count: > 0 } own ? [.. own.Distinct()] : role == SignalRole.Process ? [.. detectors.Distinct()] : [],
            RedundantTo = section.Find("redundantTo") is { } twin && section.TryRead(twin, "redundantTo", Scalars.Id, out string? other) ? other : null,
            Wear = ReadWear(section),
            Index = _signalCount++,
        };
        section.Finish();
        CheckSense(section, signal, isText);
        return signal;
    }

    private static void CheckSense(YamlSection section, Signal signal, bool isText)
    {
        if (signal.Minimum >= signal.Maximum)
        {
            section.Fault("min", FormattableString.Invariant($"min {signal.Minimum} is not below max {signal.Maximum}; allowed: a min below the max"));
        }

        if (signal.Detectors.Count > 0 && signal.Role != SignalRole.Process)
        {
            section.Fault("detectors", $"{section.What} is no process value; detectors are allowed for the role process only");
        }

        if (isText)
        {
            foreach (string key in new[] { "unit", "sourceUnit", "min", "max", "deadband", "counterMaximum", "wear" })
            {
                if (section.Node.Find(key) is { } node)
                {
                    section.Fault(node, $"{section.What} is a text and cannot have '{key}'; allowed for numbers only");
                }
            }
        }

        if (signal.CounterMaximum is not null && signal.Role is not (SignalRole.CountTotal or SignalRole.CountGood or SignalRole.CountReject or SignalRole.Meter))
        {
            section.Fault("counterMaximum", $"{section.What} is not a counter; allowed for the roles count-total, count-good, count-reject and meter");
        }
    }

    private UcumUnit? ReadUnit(YamlSection section, string key)
    {
        if (section.Find(key) is not { } node || !section.TryRead(node, key, Scalars.Text, out string? text))
        {
            return null;
        }

        if (!_units.TryGetValue(text, out UcumUnit? unit))
        {
            _units[text] = unit = UcumUnit.TryParse(text, out UcumUnit? parsed) ? parsed : null;
        }

        if (unit is null)
        {
            section.Fault(node, $"found '{text}' for '{key}' of {section.What}; allowed: {UcumUnit.Allowed}");
        }

        return unit;
    }

    private static (double Scale, double Offset) Conversion(YamlSection section, UcumUnit? unit, UcumUnit? sourceUnit)
    {
        if (sourceUnit is null)
        {
            return (1, 0);
        }

        if (unit is null)
        {
            if (section.Node.Find("unit") is null)
            {
                section.Fault("sourceUnit", $"{section.What} has a sourceUnit but no unit to convert to; allowed: both, or unit alone");
            }

            return (1, 0);
        }

        if (!sourceUnit.IsComparableTo(unit))
        {
            section.Fault("sourceUnit", $"'{sourceUnit}' cannot be converted to '{unit}': they measure different quantities; allowed: a sourceUnit of the same quantity");
            return (1, 0);
        }

        return sourceUnit.To(unit);
    }

    private WearLimit? ReadWear(YamlSection parent)
    {
        if (parent.Find("wear") is not { } node)
        {
            return null;
        }

        YamlSection section = new(node, "the wear limit", faults);
        double limit = section.Require("limit", Scalars.Number, 0);
        bool rising = section.Optional("direction", WearDirection, true);
        string component = section.Require("component", Scalars.Text, "");
        bool againstSiblings = section.Optional("against", WearBasis, false);
        section.Finish();
        return new WearLimit(limit, rising, component) { AgainstSiblings = againstSiblings };
    }
}
