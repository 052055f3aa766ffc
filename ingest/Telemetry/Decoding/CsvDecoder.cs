using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Lines of comma-separated values. The option <c>columns</c> names them: <c>time</c>, <c>line</c>, <c>machine</c>,
/// <c>signal</c>, <c>value</c>, <c>-</c> for one that does not matter, anything else is a signal's name. Values may stand in
/// double quotes (RFC 4180); an empty one is no reading.
/// </summary>
internal sealed class CsvDecoder : IMessageDecoder
{
    private readonly PlantSignals _plant;
    private readonly string[] _columns;
    private readonly byte[][] _names;
    private readonly int _timeColumn;
    private readonly byte _separator;
    private readonly DeviceTimeFormat _timeFormat;
    private readonly List<Range> _fields = [];
    private byte[] _line = new byte[256];

    public CsvDecoder(Source source, PlantSignals plant)
    {
        _plant = plant;
        _columns = [.. source.Options.GetValueOrDefault("columns", "").Split(',').Select(column => column.Trim())];
        _names = [.. _columns.Select(Encoding.UTF8.GetBytes)];
        _timeColumn = Array.IndexOf(_columns, "time");
        _separator = (byte)source.Options.GetValueOrDefault("separator", ",")[0];
        _timeFormat = DeviceTime.Parse(source.Options.GetValueOrDefault("timeFormat"));
    }

    public void Decode(TopicBinding binding, in JournalRecord message, MessageSink sink)
    {
        ReadOnlySpan<byte> rest = message.Payload;
        while (!rest.IsEmpty)
        {
            int length = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (length < 0 ? rest : rest[..length]).TrimEnd((byte)'\r');
            rest = length < 0 ? default : rest[(length + 1)..];
            if (!line.IsEmpty)
            {
                ReadLine(binding, line, sink);
            }
        }
    }

    private void ReadLine(TopicBinding binding, ReadOnlySpan<byte> raw, MessageSink sink)
    {
        Split(raw);
        if (_fields.Count != _columns.Length)
        {
            sink.Refuse(QuarantineReason.Malformed, $"'{Show(raw)}' has {_fields.Count} columns; {_columns.Length} are expected: {string.Join(", ", _columns)}");
            return;
        }

        MachineSignals? machine = binding.Machine;
        Signal? signal = binding.Signal;
        if (Text("machine") is { } machineId && (machine = _plant.Find(null, Text("line") ?? binding.Line, machineId)) is null)
        {
            sink.Refuse(QuarantineReason.UnknownMachine, $"the plant file has no machine '{machineId}'");
            return;
        }

        if (machine is null)
        {
            sink.Refuse(QuarantineReason.UnknownMachine, "neither topic nor line names the machine");
            return;
        }

        if (Text("signal") is { } signalName && !machine.TryFind(signalName, out signal))
        {
            sink.Refuse(QuarantineReason.UnknownSignal, $"the machine '{machine.Machine.Id}' has no signal '{signalName}'");
            return;
        }

        DateTime? time = null;
        if (_timeColumn >= 0 && _line.AsSpan(_fields[_timeColumn]) is { IsEmpty: false } text)
        {
            if (!DeviceTime.TryRead(text, _timeFormat, out DateTime read))
            {
                sink.Refuse(QuarantineReason.BadTime, $"'{Show(text)}' is not a time of the form {_timeFormat}");
                return;
            }

            time = read;
        }

        if (sink.TryUseTime(time))
        {
            ReadFields(machine, signal, sink);
        }
    }

    private void ReadFields(MachineSignals machine, Signal? signal, MessageSink sink)
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            ReadOnlySpan<byte> field = _line.AsSpan(_fields[i]);
            if (field.IsEmpty)
            {
                continue;
            }

            switch (_columns[i])
            {
                case "time" or "line" or "machine" or "signal" or "-":
                    break;
                case "value" when signal is not null:
                    ValueDecoder.Add(signal, field, sink);
                    break;
                default:
                    if (machine.TryFind(_names[i], out Signal? known))
                    {
                        ValueDecoder.Add(known, field, sink);
                    }
                    else
                    {
                        sink.Refuse(QuarantineReason.UnknownSignal, $"the machine '{machine.Machine.Id}' has no signal '{_columns[i]}'");
                    }

                    break;
            }
        }
    }

    private string? Text(string column)
    {
        int index = Array.IndexOf(_columns, column);
        return index < 0 ? null : Encoding.UTF8.GetString(_line.AsSpan(_fields[index]));
    }

    /// <summary>Splits a line into fields without their quotes, copied to a buffer of our own.</summary>
    private void Split(ReadOnlySpan<byte> raw)
    {
        if (_line.Length < raw.Length)
        {
            _line = new byte[raw.Length];
        }

        _fields.Clear();
        int length = 0;
        int start = 0;
        bool quoted = false;
        for (int i = 0; i < raw.Length; i++)
        {
            byte c = raw[i];
            if (c == '"')
            {
                if (quoted && i + 1 < raw.Length && raw[i + 1] == '"')
                {
                    _line[length++] = c;
                    i++;
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (c == _separator && !quoted)
            {
                _fields.Add(start..length);
                start = length;
            }
            else
            {
                _line[length++] = c;
            }
        }

        _fields.Add(start..length);
    }

    private static string Show(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, 60)]);
}
