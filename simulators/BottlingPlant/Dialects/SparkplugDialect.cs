using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>
/// Sparkplug B 3.0: group = site and area, edge node = line, device = machine. Births carry names and aliases, data
/// messages aliases and changes only; the sequence is shared by the node and its devices.
/// </summary>
internal sealed class SparkplugDialect(string site, LineModel line) : IDialect
{
    private const ulong AliasesAMachine = 1000;

    private readonly string _group = $"{site}-{line.Area}";
    private readonly LastValues _last = new();
    private readonly SparkplugPayload _payload = new();
    private readonly List<SampleValue> _values = [];
    private readonly Dictionary<string, (string Topic, ulong Alias)> _machines = line.Machines
        .Select((machine, index) => (machine.Id, $"spBv1.0/{site}-{line.Area}/DDATA/{line.Id}/{machine.Id}", (ulong)(index + 1) * AliasesAMachine))
        .ToDictionary(machine => machine.Id, machine => (machine.Item2, machine.Item3));

    private byte _sequence;

    public SourceFacts Source { get; } = new("sparkplug", "spBv1.0/#", "sparkplug", "");

    /// <summary>The node as its connection needs to know it.</summary>
    public EdgeNode Node(DateTime start)
    {
        _payload.Begin(start);
        WriteBirthNumber(start);
        return new EdgeNode(line.Id, $"spBv1.0/{_group}/NDEATH/{line.Id}", _payload.End(null), $"spBv1.0/{_group}/NCMD/{line.Id}");
    }

    public string NameOf(string signal) => signal;

    public void Begin(IReadOnlyList<Machine> machines, DateTime eventTime, long now, MessageSink sink)
    {
        _sequence = 0;
        _payload.Begin(eventTime);
        WriteBirthNumber(eventTime);
        _payload.BeginMetric("Node Control/Rebirth", null, eventTime, SparkplugType.Boolean);
        _payload.Boolean(false);
        _payload.EndMetric();
        sink($"spBv1.0/{_group}/NBIRTH/{line.Id}", _payload.End(_sequence++));
        foreach (Machine machine in machines)
        {
            Birth(machine, eventTime, now, sink);
        }
    }

    public void Write(Machine machine, DateTime eventTime, long now, SampleParts parts, MessageSink sink)
    {
        (string topic, ulong alias) = _machines[machine.Model.Id];
        Sampler.Sample(machine, now, parts, _values);
        _payload.Begin(eventTime);
        bool any = false;
        foreach (SampleValue value in _values)
        {
            if (_last.IsNews(machine, value))
            {
                Metric(null, alias + (ulong)value.Signal, eventTime, value);
                any = true;
            }
        }

        if (any)
        {
            sink(topic, _payload.End(_sequence++));
        }
    }

    /// <summary>bdSeq: always 0, since births and will of one run belong together.</summary>
    private void WriteBirthNumber(DateTime eventTime)
    {
        _payload.BeginMetric("bdSeq", null, eventTime, SparkplugType.Int64);
        _payload.Long(0);
        _payload.EndMetric();
    }

    private void Birth(Machine machine, DateTime eventTime, long now, MessageSink sink)
    {
        IReadOnlyList<string> ids = Sampler.Ids(machine.Model);
        ulong alias = _machines[machine.Model.Id].Alias;
        Sampler.Sample(machine, now, SampleParts.All, _values);
        Dictionary<int, SampleValue> present = _values.ToDictionary(value => value.Signal);
        _payload.Begin(eventTime);
        for (int signal = 0; signal < ids.Count; signal++)
        {
            if (present.TryGetValue(signal, out SampleValue value))
            {
                _last.IsNews(machine, value);
                Metric(ids[signal], alias + (ulong)signal, eventTime, value);
            }
            else
            {
                // Not measured at the moment; born as null so that its alias is known.
                _payload.BeginMetric(ids[signal], alias + (ulong)signal, eventTime, SparkplugType.Double);
                _payload.Null();
                _payload.EndMetric();
            }
        }

        sink($"spBv1.0/{_group}/DBIRTH/{line.Id}/{machine.Model.Id}", _payload.End(_sequence++));
    }

    private void Metric(string? name, ulong alias, DateTime eventTime, in SampleValue value)
    {
        if (value.Text is not null)
        {
            _payload.BeginMetric(name, alias, eventTime, SparkplugType.String);
            _payload.String(value.Text);
        }
        else if (value.IsWhole)
        {
            _payload.BeginMetric(name, alias, eventTime, SparkplugType.Int64);
            _payload.Long((ulong)value.Number);
        }
        else
        {
            _payload.BeginMetric(name, alias, eventTime, SparkplugType.Double);
            _payload.Double(value.Number);
        }

        _payload.EndMetric();
    }
}
