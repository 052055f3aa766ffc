using System.Text.Json;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>One JSON document a machine: <c>{"ts":"2026-11-22T10:00:00.000Z","values":{"state":6,…}}</c>.</summary>
internal sealed class JsonDialect(string site, LineModel line) : IDialect
{
    private readonly MachineNames _names = new(site, line, "data", id => id);
    private readonly JsonMessage _json = new();
    private readonly List<SampleValue> _values = [];

    public SourceFacts Source { get; } = new(
        "machines-json", "{site}/{area}/{line}/{machine}/data", "json", "{ time: /ts, timeFormat: iso8601, values: /values }");

    public string NameOf(string signal) => signal;

    public void Begin(IReadOnlyList<Machine> machines, DateTime eventTime, long now, MessageSink sink)
    {
    }

    public void Write(Machine machine, DateTime eventTime, long now, SampleParts parts, MessageSink sink)
    {
        (string topic, string[] names) = _names.Of(machine);
        Sampler.Sample(machine, now, parts, _values);
        Utf8JsonWriter json = _json.Begin(eventTime);
        json.WriteStartObject("values"u8);
        foreach (SampleValue value in _values)
        {
            json.WritePropertyName(names[value.Signal]);
            _json.WriteValue(value);
        }

        json.WriteEndObject();
        sink(topic, _json.End());
    }
}
