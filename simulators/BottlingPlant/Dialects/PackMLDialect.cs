using System.Text.Json;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>
/// PackTags of PackML as JSON: <c>{"ts":…,"Status":{"StateCurrent":6,…},"Admin":{"ProdProcessedCount":[{"Count":1234}],…}}</c>. Speeds
/// are primary packages a minute. Good is processed less defective; there is no tag of its own.
/// </summary>
internal sealed class PackMLDialect(string site, LineModel line) : IDialect
{
    private readonly MachineNames _names = new(site, line, "packml", id => id);
    private readonly JsonMessage _json = new();
    private readonly List<SampleValue> _values = [];

    public SourceFacts Source { get; } = new(
        "packml-tags", "{site}/{area}/{line}/{machine}/packml", "packml", "{ time: /ts, timeFormat: iso8601 }");

    public string NameOf(string signal) => signal switch
    {
        "state" => "Status.StateCurrent",
        "speed" => "Status.CurMachSpeed",
        "fault" => "Admin.StopReason",
        "starved" => "Status.EquipmentStarved",
        "blocked" => "Status.EquipmentBlocked",
        "total" => "Admin.ProdProcessedCount.0.Count",
        "rejects" => "Admin.ProdDefectiveCount.0.Count",
        _ => "Status.Parameter." + signal,
    };

    public void Begin(IReadOnlyList<Machine> machines, DateTime eventTime, long now, MessageSink sink)
    {
    }

    public void Write(Machine machine, DateTime eventTime, long now, SampleParts parts, MessageSink sink)
    {
        (string topic, string[] names) = _names.Of(machine);
        Sampler.Sample(machine, now, parts, _values);
        Utf8JsonWriter json = _json.Begin(eventTime);
        json.WriteStartObject("Status"u8);
        json.WriteNumber("StateCurrent"u8, machine.StateCode);
        json.WriteNumber("CurMachSpeed"u8, Math.Round(Rates.ToPerHour(machine.Station.Rate) / 60, 2));
        if (parts.HasFlag(SampleParts.Status))
        {
            json.WriteNumber("UnitModeCurrent"u8, 1);
            json.WriteBoolean("EquipmentStarved"u8, machine.Condition is Condition.Lack or Condition.LackBranch);
            json.WriteBoolean("EquipmentBlocked"u8, machine.Condition == Condition.Tailback);
        }

        json.WriteStartObject("Parameter"u8);
        foreach (SampleValue value in _values)
        {
            if (value.Signal is 1 or 3 or 4 || value.Signal >= Sampler.CommonIds.Length)
            {
                json.WritePropertyName(names[value.Signal]);
                _json.WriteValue(value);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("Admin"u8);
        if (parts.HasFlag(SampleParts.Status))
        {
            json.WriteNumber("StopReason"u8, machine.FaultCode);
        }

        WriteCount("ProdProcessedCount", machine.ShownTotal);
        WriteCount("ProdDefectiveCount", machine.ShownRejected);
        json.WriteEndObject();
        sink(topic, _json.End());
    }

    private void WriteCount(string tag, long count)
    {
        _json.Writer.WriteStartArray(tag);
        _json.Writer.WriteStartObject();
        _json.Writer.WriteNumber("Count"u8, count);
        _json.Writer.WriteEndObject();
        _json.Writer.WriteEndArray();
    }
}
