using System.Text;
using System.Text.Json;
using Linewatch.Plants;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Machines that speak PackTags or Weihenstephan points: one tag a topic (the levels behind the machine, joined by dots,
/// <c>[0]</c> or <c>/0</c> for array elements) with a plain value or <c>{"value": …}</c>, or a JSON object of tags, nested or
/// dotted. A tag is the signal whose <c>source</c> names it, else the first signal of the role that the standard gives it.
/// Points that a machine does not support send 33558528 (0x02001000, seen in recorded packets): refused as implausible.
/// </summary>
internal sealed class StandardTagDecoder : IMessageDecoder
{
    private const double Unsupported = 0x0200_1000;
    private const double MinutesAnHour = 60;

    private readonly StandardTags _tags;
    private readonly JsonPointer? _time;
    private readonly JsonPointer _values;
    private readonly DeviceTimeFormat _timeFormat;
    private readonly Dictionary<(MachineSignals, string), Signal?> _known = [];

    public StandardTagDecoder(Source source, StandardTags tags)
    {
        _tags = tags;
        _time = JsonPointer.Parse(source.Options, "time");
        _values = JsonPointer.Parse(source.Options, "values") ?? JsonPointer.Parse("");
        _timeFormat = DeviceTime.Parse(source.Options.GetValueOrDefault("timeFormat"));
    }

    public void Decode(TopicBinding binding, in JournalRecord message, MessageSink sink)
    {
        if (binding.Machine is not { } machine)
        {
            sink.Refuse(QuarantineReason.UnknownMachine, "the topic names no machine");
            return;
        }

        string tag = Normalise(binding.SignalName ?? binding.Rest);
        ReadOnlySpan<byte> payload = message.Payload.Trim(" \t\r\n"u8);
        if (payload.IsEmpty || payload[0] != '{')
        {
            Add(machine, tag, payload, sink);
            return;
        }

        try
        {
            Utf8JsonReader reader = new(payload, new JsonReaderOptions { MaxDepth = 16 });
            reader.Read();
            DateTime? time = null;
            Utf8JsonReader timeReader = reader;
            if (_time is not null && _time.TryMove(ref timeReader))
            {
                if (!DeviceTime.TryRead(timeReader.ValueSpan, _timeFormat, out DateTime read))
                {
                    sink.Refuse(QuarantineReason.BadTime, $"the time at '{_time.Text}' is not a time of the form {_timeFormat}");
                    return;
                }

                time = read;
            }

            if (sink.TryUseTime(time) && _values.TryMove(ref reader))
            {
                ReadTags(machine, tag, ref reader, sink);
            }

            while (reader.Read())
            {
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            sink.Discard();
            sink.Refuse(QuarantineReason.Malformed, "not valid JSON: " + fault.Message);
        }
    }

    private void ReadTags(MachineSignals machine, string prefix, ref Utf8JsonReader reader, MessageSink sink)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    bool isValue = prefix.Length > 0 && name.Equals("value", StringComparison.OrdinalIgnoreCase);
                    if (!isValue && _time is not null && _time.Begins(Encoding.UTF8.GetBytes(name)))
                    {
                        reader.Skip();
                        continue;
                    }

                    ReadTags(machine, isValue ? prefix : Join(prefix, Normalise(name)), ref reader, sink);
                }

                break;
            case JsonTokenType.StartArray:
                for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                {
                    ReadTags(machine, Join(prefix, i.ToString(System.Globalization.CultureInfo.InvariantCulture)), ref reader, sink);
                }

                break;
            case JsonTokenType.Null:
                break;
            default:
                Add(machine, prefix, reader.TokenType == JsonTokenType.String ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan, sink);
                break;
        }
    }

    private void Add(MachineSignals machine, string tag, ReadOnlySpan<byte> value, MessageSink sink)
    {
        if (!_known.TryGetValue((machine, tag), out Signal? signal))
        {
            signal = Find(machine, tag);
            if (_known.Count < 100_000)
            {
                _known[(machine, tag)] = signal;
            }
        }

        if (signal is null)
        {
            if (!_tags.IsStandard(tag))
            {
                sink.Refuse(QuarantineReason.UnknownSignal, $"the machine '{machine.Machine.Id}' has no signal '{tag}', and it is no {_tags.Kind}");
            }

            return;
        }

        int before = sink.Count;
        ValueDecoder.Add(signal, value, sink);
        if (sink.Count == before || signal.IsText)
        {
            return;
        }

        ref Reading added = ref sink.Last;
        if (added.Value == Unsupported)
        {
            sink.DropLast();
            sink.Refuse(QuarantineReason.Implausible, $"{signal} is 33558528 (0x02001000): what machines send for points they do not support");
        }
        else if (_tags.SpeedsPerMinute && signal.Role == SignalRole.Speed && signal.Scale == 1 && signal.Unit is "1/h" or "/h" or "")
        {
            // PackTags give speed a minute whatever the display shows; a sourceUnit in the plant file overrides.
            added = added with { Value = added.Value * MinutesAnHour };
        }
    }

    private Signal? Find(MachineSignals machine, string tag)
    {
        if (machine.TryFind(tag, out Signal? named) || (tag.LastIndexOf('.') is var dot and >= 0 && machine.TryFind(tag[(dot + 1)..], out named)))
        {
            return named;
        }

        // Where topics leave out a first level of their own (PackML/Status/StateCurrent), the tag is its end.
        for (string rest = tag; ;)
        {
            if (_tags.Role(rest) is { } role)
            {
                return machine.Machine.Find(role);
            }

            int next = rest.IndexOf('.', StringComparison.Ordinal);
            if (next < 0)
            {
                return null;
            }

            rest = rest[(next + 1)..];
        }
    }

    private static string Join(string prefix, string name) => prefix.Length == 0 ? name : prefix + "." + name;

    /// <summary>Writes <c>ProdProcessedCount[0]/Count</c> as <c>ProdProcessedCount.0.Count</c>.</summary>
    private static string Normalise(string tag) => tag.Replace('/', '.').Replace('[', '.').Replace("]", "", StringComparison.Ordinal);
}
