using System.Text.Json;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>
/// The points of the Weihenstephan standards (WS Pack), a JSON document a machine:
/// <c>{"ts":…,"WS_Cur_State":128,"WS_Cur_Prog":1,…}</c>.
/// </summary>
internal sealed class WeihenstephanDialect(string site, LineModel line) : IDialect
{
    private readonly MachineNames _names = new(site, line, "ws", Name);
    private readonly JsonMessage _json = new();
    private readonly List<SampleValue> _values = [];

    public SourceFacts Source { get; } = new(
        "weihenstephan-points", "{site}/{area}/{line}/{machine}/ws", "weihenstephan", "{ time: /ts, timeFormat: iso8601 }");

    public string NameOf(string signal) => Name(signal);

    public void Begin(IReadOnlyList<Machine> machines, DateTime eventTime, long now, MessageSink sink)
    {
    }

    public void Write(Machine machine, DateTime eventTime, long now, SampleParts parts, MessageSink sink)
    {
        (string topic, string[] names) = _names.Of(machine);
        Sampler.Sample(machine, now, parts, _values);
        Utf8JsonWriter json = _json.Begin(eventTime);
        if (parts.HasFlag(SampleParts.Status))
        {
            json.WriteNumber("WS_Cur_Mode"u8, 8);
        }

        foreach (SampleValue value in _values)
        {
            json.WritePropertyName(names[value.Signal]);
            _json.WriteValue(value);
        }

        sink(topic, _json.End());
    }

    private static string Name(string signal) => signal switch
    {
        "state" => "WS_Cur_State",
        "program" => "WS_Cur_Prog",
        "fault" => "WS_Not_Of_Fail_Code",
        "product" => "WS_Bottle_Type",
        "order" => "WS_Order",
        "speed" => "WS_Cur_Mach_Spd",
        "total" => "WS_Tot_Bottles",
        "rejects" => "WS_Bad_Bottles",
        "good" => "WS_Good_Bottles",
        "product_temperature" => "WS_Temp_Product",
        "bowl_pressure" => "WS_Press_Bottling",
        _ => "WS_" + string.Join('_', signal.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])),
    };
}
