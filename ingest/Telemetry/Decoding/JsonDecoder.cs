using System.Buffers;
using System.Text;
using System.Text.Json;
using Linewatch.Plants;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// JSON payloads. Options are JSON pointers: <c>samples</c> to an array of samples (each then read like a message of its
/// own), <c>machines</c> to an object of machines by id, <c>machine</c> and <c>line</c> to ids, <c>time</c> to the device
/// time (found from the sample, else from the message), <c>values</c> to the object of signals, or <c>signal</c> and
/// <c>value</c> to one signal's name and value. Members of members are named with a dot between: <c>bowl.pressure</c>.
/// </summary>
internal sealed class JsonDecoder : IMessageDecoder
{
    private const int MaximumDepth = 16;
    private const int MaximumName = 200;

    private readonly PlantSignals _plant;
    private readonly JsonPointer? _samples;
    private readonly JsonPointer? _machines;
    private readonly JsonPointer? _machine;
    private readonly JsonPointer? _line;
    private readonly JsonPointer? _time;
    private readonly JsonPointer _values;
    private readonly JsonPointer? _signal;
    private readonly JsonPointer? _value;
    private readonly DeviceTimeFormat _timeFormat;
    private readonly bool _valuesAreRoot;
    private readonly JsonShapes? _shapes;
    private readonly byte[] _name = new byte[MaximumName];

    public JsonDecoder(Source source, PlantSignals plant)
    {
        _plant = plant;
        _samples = JsonPointer.Parse(source.Options, "samples");
        _machines = JsonPointer.Parse(source.Options, "machines");
        _machine = JsonPointer.Parse(source.Options, "machine");
        _line = JsonPointer.Parse(source.Options, "line");
        _time = JsonPointer.Parse(source.Options, "time");
        _values = JsonPointer.Parse(source.Options, "values") ?? JsonPointer.Parse("");
        _signal = JsonPointer.Parse(source.Options, "signal");
        _value = JsonPointer.Parse(source.Options, "value");
        _timeFormat = DeviceTime.Parse(source.Options.GetValueOrDefault("timeFormat"));
        _valuesAreRoot = _values.IsRoot;

        // An id among the values says whose they are: such a message's shape would not.
        _shapes = (_machine ?? _line ?? _signal) is null ? new JsonShapes(_timeFormat) : null;
    }

    public void Decode(TopicBinding binding, in JournalRecord message, MessageSink sink)
    {
        if (_shapes is not null && _shapes.TryRead(binding, message, sink))
        {
            return;
        }

        try
        {
            Utf8JsonReader reader = new(message.Payload, new JsonReaderOptions { MaxDepth = MaximumDepth });
            if (!reader.Read())
            {
                sink.Refuse(QuarantineReason.Malformed, "the payload is empty; JSON is expected");
                return;
            }

            Utf8JsonReader root = reader;
            ReadMessage(binding, ref reader, root, sink);

            // What follows the part of interest must be JSON as well, else the message was cut or mixed up.
            while (reader.Read())
            {
            }

            if (sink.Reason == QuarantineReason.None)
            {
                _shapes?.Learn(binding, message);
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            sink.Discard();
            sink.Refuse(QuarantineReason.Malformed, "not valid JSON: " + fault.Message);
        }
    }

    private void ReadMessage(TopicBinding binding, ref Utf8JsonReader reader, in Utf8JsonReader root, MessageSink sink)
    {
        if (_samples is null)
        {
            ReadSample(binding, ref reader, root, sink);
            return;
        }

        if (!_samples.TryMove(ref reader) || reader.TokenType != JsonTokenType.StartArray)
        {
            sink.Refuse(QuarantineReason.Malformed, $"there is no array of samples at '{_samples.Text}'");
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // The sample is read by a copy, so that whatever it holds the next one begins where it ends.
            Utf8JsonReader sample = reader;
            ReadSample(binding, ref sample, root, sink);
            reader.Skip();
        }
    }

    private void ReadSample(TopicBinding binding, ref Utf8JsonReader reader, in Utf8JsonReader root, MessageSink sink)
    {
        if (!TryTime(reader, root, sink, out DateTime? deviceTime, out long timeAt) || !sink.TryUseTime(deviceTime))
        {
            return;
        }

        Note(timeAt < 0 ? new JsonUse(JsonUseKind.NoTime, 0) : new JsonUse(JsonUseKind.Time, (int)timeAt));
        if (_machines is not null)
        {
            ReadMachines(binding, ref reader, sink);
        }
        else if (TryMachine(binding, reader, sink, out MachineSignals? machine))
        {
            ReadMachine(binding, machine, ref reader, sink);
        }
    }

    private void ReadMachines(TopicBinding binding, ref Utf8JsonReader reader, MessageSink sink)
    {
        if (!_machines!.TryMove(ref reader) || reader.TokenType != JsonTokenType.StartObject)
        {
            sink.Refuse(QuarantineReason.Malformed, $"there is no object of machines at '{_machines.Text}'");
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string id = reader.GetString()!;
            reader.Read();
            if (_plant.Find(null, binding.Line, id) is { } machine)
            {
                Utf8JsonReader values = reader;
                ReadMachine(binding, machine, ref values, sink);
            }
            else
            {
                sink.Refuse(QuarantineReason.UnknownMachine, $"the plant file has no machine '{id}'");
            }

            reader.Skip();
        }
    }

    private void ReadMachine(TopicBinding binding, MachineSignals machine, ref Utf8JsonReader reader, MessageSink sink)
    {
        if (_value is not null || binding.Signal is not null)
        {
            ReadOneSignal(binding, machine, ref reader, sink);
            return;
        }

        if (!_values.TryMove(ref reader) || reader.TokenType != JsonTokenType.StartObject)
        {
            sink.Refuse(QuarantineReason.Malformed, $"there is no object of values at '{_values.Text}'");
            return;
        }

        ReadValues(binding, machine, ref reader, sink, 0);
    }

    private void ReadOneSignal(TopicBinding binding, MachineSignals machine, ref Utf8JsonReader reader, MessageSink sink)
    {
        Signal? signal = binding.Signal;
        if (_signal is not null)
        {
            Utf8JsonReader name = reader;
            if (!_signal.TryMove(ref name) || name.TokenType != JsonTokenType.String)
            {
                sink.Refuse(QuarantineReason.Malformed, $"there is no signal name at '{_signal.Text}'");
                return;
            }

            string text = name.GetString()!;
            if (!machine.TryFind(text, out signal))
            {
                sink.Refuse(QuarantineReason.UnknownSignal, $"the machine '{machine.Machine.Id}' has no signal '{text}'");
                return;
            }
        }

        if (signal is null || !(_value ?? _values).TryMove(ref reader))
        {
            sink.Refuse(QuarantineReason.Malformed, $"there is no value at '{(_value ?? _values).Text}'");
            return;
        }

        Add(new SignalSlot(signal), null, -1, ref reader, sink);
    }

    private void ReadValues(TopicBinding binding, MachineSignals machine, ref Utf8JsonReader reader, MessageSink sink, int prefix)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = reader.ValueSpan;
            if (prefix > 0 || reader.ValueIsEscaped)
            {
                int length = prefix + (reader.ValueSpan.Length <= MaximumName - prefix ? reader.CopyString(_name.AsSpan(prefix)) : 0);
                name = _name.AsSpan(0, length);
            }

            int index = machine.IndexOf(name);
            if (index >= 0)
            {
                reader.Read();
                Add(machine[index], machine == binding.Machine ? null : machine, index, ref reader, sink);
                continue;
            }

            if (_valuesAreRoot && IsReserved(name))
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            int nameLength = name.Length;
            if (prefix == 0 && !reader.ValueIsEscaped && nameLength < MaximumName - 1)
            {
                name.CopyTo(_name);
            }

            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && nameLength < MaximumName - 1)
            {
                _name[nameLength] = (byte)'.';
                ReadValues(binding, machine, ref reader, sink, nameLength + 1);
            }
            else
            {
                sink.Refuse(QuarantineReason.UnknownSignal, $"the machine '{machine.Machine.Id}' has no signal '{Encoding.UTF8.GetString(_name, 0, nameLength)}'");
                reader.Skip();
            }
        }
    }

    /// <summary>Whether a member beside the values is the time, an id, or another thing that options point to.</summary>
    private bool IsReserved(ReadOnlySpan<byte> name) =>
        Is(_time, name) || Is(_machine, name) || Is(_line, name);

    private static bool Is(JsonPointer? pointer, ReadOnlySpan<byte> name) => pointer is not null && pointer.Begins(name);

    /// <summary>Adds the value that the reader stands at; machine and index name its signal as <see cref="JsonUse"/> does.</summary>
    private void Add(in SignalSlot slot, MachineSignals? machine, int index, ref Utf8JsonReader reader, MessageSink sink)
    {
        JsonUse use = new(JsonUseKind.Number, (int)reader.TokenStartIndex, machine, index);
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                Note(use);
                sink.Number(slot, JsonNumber.Read(ref reader));
                break;
            case JsonTokenType.True:
                Note(use with { Kind = JsonUseKind.True });
                sink.Number(slot, 1);
                break;
            case JsonTokenType.False:
                Note(use with { Kind = JsonUseKind.False });
                sink.Number(slot, 0);
                break;
            case JsonTokenType.String:
                Note(use with { Kind = JsonUseKind.Text });
                sink.Text(slot.Signal, reader.GetString()!);
                break;
            case JsonTokenType.Null:
                // Null says that there is no value, which is not a reading.
                break;
            default:
                sink.Refuse(QuarantineReason.WrongType, $"{slot.Signal} is {(reader.TokenType == JsonTokenType.StartArray ? "an array" : "an object")}; a single value is expected");
                reader.Skip();
                break;
        }
    }

    private void Note(in JsonUse use) => _shapes?.Note(use);

    private bool TryMachine(TopicBinding binding, in Utf8JsonReader sample, MessageSink sink, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MachineSignals? machine)
    {
        machine = binding.Machine;
        if (_machine is null)
        {
            if (machine is null)
            {
                sink.Refuse(QuarantineReason.UnknownMachine, "neither topic nor message names the machine");
            }

            return machine is not null;
        }

        Utf8JsonReader reader = sample;
        Utf8JsonReader lineReader = sample;
        string? line = _line is not null && _line.TryMove(ref lineReader) && lineReader.TokenType == JsonTokenType.String ? lineReader.GetString() : binding.Line;
        if (!_machine.TryMove(ref reader) || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            sink.Refuse(QuarantineReason.Malformed, $"there is no machine id at '{_machine.Text}'");
            return false;
        }

        string id = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
        machine = _plant.Find(null, line, id);
        if (machine is null)
        {
            sink.Refuse(QuarantineReason.UnknownMachine, $"the plant file has no machine '{id}'{(line is null ? "" : $" in a line '{line}'")}");
        }

        return machine is not null;
    }

    private bool TryTime(in Utf8JsonReader from, in Utf8JsonReader root, MessageSink sink, out DateTime? time, out long at)
    {
        (time, at) = (null, -1);
        if (_time is null)
        {
            return true;
        }

        Utf8JsonReader sample = from;
        if (!_time.TryMove(ref sample))
        {
            sample = root;
            if (_samples is null || !_time.TryMove(ref sample))
            {
                return true;
            }
        }

        if (sample.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (sample.TokenType is (JsonTokenType.String or JsonTokenType.Number) && !sample.ValueIsEscaped && DeviceTime.TryRead(sample.ValueSpan, _timeFormat, out DateTime read))
        {
            (time, at) = (read, sample.TokenStartIndex);
            return true;
        }

        sink.Refuse(QuarantineReason.BadTime, $"the time at '{_time.Text}' is not a time of the form {_timeFormat}");
        return false;
    }
}
