using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// InfluxDB line protocol: <c>measurement,tag=value field=1.5,count=2i,name="text" timestamp</c>, one point a line. Fields are
/// signals; line and machine come from the topic or from tags (options <c>line</c> and <c>machine</c> name the tags).
/// Grammar: docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol.
/// </summary>
internal sealed class InfluxDecoder(Source source, PlantSignals plant) : IMessageDecoder
{
    private readonly DeviceTimeFormat _precision = DeviceTime.Parse(source.Options.GetValueOrDefault("precision") ?? "ns");
    private readonly byte[] _lineTag = Encoding.UTF8.GetBytes(source.Options.GetValueOrDefault("line") ?? "line");
    private readonly byte[] _machineTag = Encoding.UTF8.GetBytes(source.Options.GetValueOrDefault("machine") ?? "machine");
    private byte[] _plain = new byte[256];

    public void Decode(TopicBinding binding, in JournalRecord message, MessageSink sink)
    {
        ReadOnlySpan<byte> rest = message.Payload;
        while (!rest.IsEmpty)
        {
            // A line break inside a quoted text does not end the point.
            int end = End(rest, (byte)'\n', honourQuotes: true);
            ReadOnlySpan<byte> line = rest[..end].Trim(" \r\t"u8);
            rest = end < rest.Length ? rest[(end + 1)..] : default;
            if (!line.IsEmpty && line[0] != '#')
            {
                ReadPoint(binding, line, sink);
            }
        }
    }

    private void ReadPoint(TopicBinding binding, ReadOnlySpan<byte> line, MessageSink sink)
    {
        int keyEnd = End(line, (byte)' ', honourQuotes: false);
        ReadOnlySpan<byte> key = line[..keyEnd];
        ReadOnlySpan<byte> rest = keyEnd < line.Length ? line[(keyEnd + 1)..].TrimStart((byte)' ') : default;
        int fieldsEnd = End(rest, (byte)' ', honourQuotes: true);
        ReadOnlySpan<byte> fields = rest[..fieldsEnd];
        ReadOnlySpan<byte> timestamp = rest[fieldsEnd..].Trim((byte)' ');
        if (fields.IsEmpty)
        {
            sink.Refuse(QuarantineReason.Malformed, $"'{Show(line)}' is not line protocol: there are no fields");
            return;
        }

        DateTime? time = null;
        if (!timestamp.IsEmpty)
        {
            if (!DeviceTime.TryRead(timestamp, _precision, out DateTime read))
            {
                sink.Refuse(QuarantineReason.BadTime, $"'{Show(timestamp)}' is not a time in {_precision}");
                return;
            }

            time = read;
        }

        if (binding.Machine is not { } machine && !TryMachine(binding, key, sink, out machine))
        {
            return;
        }

        if (sink.TryUseTime(time))
        {
            ReadFields(machine!, fields, sink);
        }
    }

    private bool TryMachine(TopicBinding binding, ReadOnlySpan<byte> key, MessageSink sink, out MachineSignals? machine)
    {
        string? lineId = binding.Line;
        string? machineId = null;
        int tag = End(key, (byte)',', honourQuotes: false);
        while (tag < key.Length)
        {
            key = key[(tag + 1)..];
            tag = End(key, (byte)',', honourQuotes: false);
            ReadOnlySpan<byte> pair = key[..tag];
            int equals = End(pair, (byte)'=', honourQuotes: false);
            if (equals < pair.Length)
            {
                ReadOnlySpan<byte> name = pair[..equals];
                if (name.SequenceEqual(_machineTag))
                {
                    machineId = Encoding.UTF8.GetString(Unescape(pair[(equals + 1)..]));
                }
                else if (name.SequenceEqual(_lineTag))
                {
                    lineId = Encoding.UTF8.GetString(Unescape(pair[(equals + 1)..]));
                }
            }
        }

        machine = machineId is null ? null : plant.Find(null, lineId, machineId);
        if (machine is null)
        {
            sink.Refuse(QuarantineReason.UnknownMachine, machineId is null
                ? $"neither the topic nor a tag '{Encoding.UTF8.GetString(_machineTag)}' names the machine"
                : $"the plant file has no machine '{machineId}'{(lineId is null ? "" : $" in a line '{lineId}'")}");
        }

        return machine is not null;
    }

    private void ReadFields(MachineSignals machine, ReadOnlySpan<byte> fields, MessageSink sink)
    {
        while (!fields.IsEmpty)
        {
            int end = End(fields, (byte)',', honourQuotes: true);
            ReadOnlySpan<byte> field = fields[..end];
            fields = end < fields.Length ? fields[(end + 1)..] : default;
            int equals = End(field, (byte)'=', honourQuotes: false);
            if (equals == 0 || equals >= field.Length - 1)
            {
                sink.Refuse(QuarantineReason.Malformed, $"'{Show(field)}' is not a field of line protocol; name=value is expected");
                continue;
            }

            ReadOnlySpan<byte> name = Unescape(field[..equals]);
            if (machine.TryFind(name, out Signal? signal))
            {
                ReadValue(signal, field[(equals + 1)..], sink);
            }
            else
            {
                sink.Refuse(QuarantineReason.UnknownSignal, $"the machine '{machine.Machine.Id}' has no signal '{Show(name)}'");
            }
        }
    }

    private void ReadValue(Signal signal, ReadOnlySpan<byte> value, MessageSink sink)
    {
        if (value[0] == '"')
        {
            if (value.Length < 2 || value[^1] != '"')
            {
                sink.Refuse(QuarantineReason.Malformed, $"{signal} is a text without its closing quote");
                return;
            }

            sink.Text(signal, Encoding.UTF8.GetString(Unescape(value[1..^1])));
            return;
        }

        ReadOnlySpan<byte> number = value[^1] is (byte)'i' or (byte)'u' ? value[..^1] : value;
        if (Utf8Parser.TryParse(number, out double parsed, out int consumed) && consumed == number.Length)
        {
            sink.Number(signal, parsed);
        }
        else if (value.SequenceEqual("t"u8) || value.SequenceEqual("T"u8) || Ascii.EqualsIgnoreCase(value, "true"))
        {
            sink.Number(signal, 1);
        }
        else if (value.SequenceEqual("f"u8) || value.SequenceEqual("F"u8) || Ascii.EqualsIgnoreCase(value, "false"))
        {
            sink.Number(signal, 0);
        }
        else
        {
            sink.Refuse(QuarantineReason.Malformed, $"{signal} is '{Show(value)}'; a number, a text in quotes, true or false is expected");
        }
    }

    /// <summary>Index of the first unescaped separator, or the length.</summary>
    private static int End(ReadOnlySpan<byte> text, byte separator, bool honourQuotes)
    {
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte c = text[i];
            if (c == '\\')
            {
                i++;
            }
            else if (c == '"' && honourQuotes)
            {
                quoted = !quoted;
            }
            else if (c == separator && !quoted)
            {
                return i;
            }
        }

        return text.Length;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\'))
        {
            return text;
        }

        if (_plain.Length < text.Length)
        {
            _plain = new byte[text.Length];
        }

        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is (byte)',' or (byte)'=' or (byte)' ' or (byte)'"' or (byte)'\\')
            {
                i++;
            }

            _plain[length++] = text[i];
        }

        return _plain.AsSpan(0, length);
    }

    private static string Show(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, 60)]);
}
