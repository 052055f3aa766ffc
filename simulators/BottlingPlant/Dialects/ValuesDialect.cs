using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>
/// One value a topic, when it changes and every minute: <c>{"ts":"2026-11-22T10:00:00.000Z","value":3.98}</c> on
/// <c>{site}/{area}/{line}/{machine}/value/{signal}</c>.
/// </summary>
internal sealed class ValuesDialect(string site, LineModel line) : IDialect
{
    private readonly MachineNames _names = new(site, line, "value/", id => id);
    private readonly Dictionary<string, string> _topics = new(StringComparer.Ordinal);
    private readonly LastValues _last = new();
    private readonly JsonMessage _json = new();
    private readonly List<SampleValue> _values = [];

    public SourceFacts Source { get; } = new(
        "one-value-a-topic", "{site}/{area}/{line}/{machine}/value/{signal}", "json", "{ time: /ts, timeFormat: iso8601, value: /value }");

    public string NameOf(string signal) => signal;

    public void Begin(IReadOnlyList<Machine> machines, DateTime eventTime, long now, MessageSink sink)
    {
    }

    public void Write(Machine machine, DateTime eventTime, long now, SampleParts parts, MessageSink sink)
    {
        (string prefix, string[] names) = _names.Of(machine);
        Sampler.Sample(machine, now, parts, _values);
        foreach (SampleValue value in _values)
        {
            // With the status, everything goes out once: a listener that came later knows all within a minute.
            if (!_last.IsNews(machine, value) && !parts.HasFlag(SampleParts.Status))
            {
                continue;
            }

            _json.Begin(eventTime).WritePropertyName("value"u8);
            _json.WriteValue(value);
            sink(Topic(prefix, names[value.Signal]), _json.End());
        }
    }

    private string Topic(string prefix, string name)
    {
        string topic = prefix + name;
        return _topics.TryGetValue(topic, out string? known) ? known : _topics[topic] = topic;
    }
}
