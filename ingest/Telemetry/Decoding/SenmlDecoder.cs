using System.Text.Json;
using Linewatch.Plants;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// SenML JSON (RFC 8428): an array of records with base name, time, unit, value and sum. A record's name is base name and
/// name joined; its last part (behind <c>/</c> or <c>:</c>) is the signal and, where the topic names no machine, the part
/// before it the machine. Units are converted to the signal's. Times below 2^28 are relative to receive time (§4.5.3).
/// </summary>
internal sealed class SenmlDecoder(PlantSignals plant) : IMessageDecoder
{
    private const double Absolute = 1 << 28;
    private readonly Dictionary<(string From, Signal To), (double Scale, double Offset)?> _conversions = [];

    public void Decode(TopicBinding binding, in JournalRecord message, MessageSink sink)
    {
        try
        {
            Utf8JsonReader reader = new(message.Payload, new JsonReaderOptions { MaxDepth = 4 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                sink.Refuse(QuarantineReason.Malformed, "not SenML: an array of records is expected");
                return;
            }

            Record basis = new();
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                Record record = ReadRecord(ref reader, ref basis);
                Add(binding, basis, record, sink);
            }

            while (reader.Read())
            {
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            sink.Discard();
            sink.Refuse(QuarantineReason.Malformed, "not valid SenML: " + fault.Message);
        }
    }

    private static Record ReadRecord(ref Utf8JsonReader reader, ref Record basis)
    {
        Record record = new();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.ValueSpan.Length <= 4 ? reader.GetString()! : "";
            if (reader.ValueSpan.Length > 1 && reader.ValueSpan[^1] == '_')
            {
                // §4.4: whoever does not understand a label that ends in _ must not use the record.
                throw new FormatException($"the label '{reader.GetString()}' must be understood and is not");
            }

            reader.Read();
            switch (key)
            {
                case "bn":
                    basis.Name = reader.GetString() ?? "";
                    break;
                case "bt":
                    basis.Time = reader.GetDouble();
                    break;
                case "bu":
                    basis.Unit = reader.GetString();
                    break;
                case "bv":
                    basis.Value = reader.GetDouble();
                    break;
                case "bs":
                    basis.Sum = reader.GetDouble();
                    break;
                case "n":
                    record.Name = reader.GetString() ?? "";
                    break;
                case "u":
                    record.Unit = reader.GetString();
                    break;
                case "t":
                    record.Time = reader.GetDouble();
                    break;
                case "v":
                    record.Value = reader.GetDouble();
                    break;
                case "s":
                    record.Sum = reader.GetDouble();
                    break;
                case "vs":
                    record.Text = reader.GetString();
                    break;
                case "vb":
                    record.Value = reader.GetBoolean() ? 1 : 0;
                    record.IsBoolean = true;
                    break;
                case "vd":
                    record.Data = true;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return record;
    }

    private void Add(TopicBinding binding, in Record basis, in Record record, MessageSink sink)
    {
        bool hasValue = record.Value is not null || record.Text is not null || record.Sum is not null || record.Data;
        if (!hasValue)
        {
            // Base values only.
            return;
        }

        string name = basis.Name + record.Name;
        if (!TryFind(binding, name, out Signal? signal))
        {
            sink.Refuse(QuarantineReason.UnknownSignal, $"the plant file has no signal for the SenML name '{name}'");
            return;
        }

        double time = (basis.Time ?? 0) + (record.Time ?? 0);
        if (!double.IsFinite(time) || Math.Abs(time) > 1e11)
        {
            sink.Refuse(QuarantineReason.BadTime, FormattableString.Invariant($"{time} is not a SenML time"));
            return;
        }

        // 0 means now; §4.5.3. Microseconds are the finest a double holds at today's dates.
        DateTime? eventTime = time == 0 ? null
            : time >= Absolute ? DateTime.UnixEpoch.AddTicks((long)Math.Round(time * 1e6) * 10)
            : sink.ReceiveTime.AddSeconds(time);
        if (!sink.TryUseTime(eventTime))
        {
            return;
        }

        if (record.Data)
        {
            sink.Refuse(QuarantineReason.NotDecoded, $"{signal} is binary data, which is kept but not decoded");
        }
        else if (record.Text is { } text)
        {
            sink.Text(signal, text);
        }
        else
        {
            double value = record.Value is { } own ? own + (record.IsBoolean ? 0 : basis.Value ?? 0) : record.Sum!.Value + (basis.Sum ?? 0);
            AddNumber(signal, value, record.Unit ?? basis.Unit, sink);
        }
    }

    private void AddNumber(Signal signal, double value, string? unit, MessageSink sink)
    {
        if (unit is null || unit == signal.Unit || signal.Unit.Length == 0)
        {
            sink.Number(signal, value);
            return;
        }

        if (!_conversions.TryGetValue((unit, signal), out (double Scale, double Offset)? conversion))
        {
            // SenML writes relative humidity as %RH; its other units are UCUM's.
            conversion = UcumUnit.TryParse(unit == "%RH" ? "%" : unit, out UcumUnit? from) && UcumUnit.TryParse(signal.Unit, out UcumUnit? to) && from.IsComparableTo(to)
                ? from.To(to)
                : null;
            if (_conversions.Count < 10_000)
            {
                _conversions[(unit, signal)] = conversion;
            }
        }

        if (conversion is { } known)
        {
            sink.Converted(signal, (value * known.Scale) + known.Offset);
        }
        else
        {
            sink.Refuse(QuarantineReason.WrongType, $"{signal} is in '{unit}', which cannot be converted to {signal.Unit}");
        }
    }

    private bool TryFind(TopicBinding binding, string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Signal? signal)
    {
        string[] parts = name.Split('/', ':');
        if (binding.Machine is { } machine)
        {
            return machine.TryFind(name, out signal) || machine.TryFind(parts[^1], out signal);
        }

        signal = null;
        return parts.Length >= 2
            && (plant.Find(null, parts.Length >= 3 ? parts[^3] : binding.Line, parts[^2]) ?? plant.Find(null, binding.Line, parts[^2])) is { } found
            && found.TryFind(parts[^1], out signal);
    }

    private struct Record
    {
        public Record()
        {
        }

        public string Name { get; set; } = "";

        public string? Unit { get; set; }

        public double? Time { get; set; }

        public double? Value { get; set; }

        public double? Sum { get; set; }

        public string? Text { get; set; }

        public bool IsBoolean { get; set; }

        public bool Data { get; set; }
    }
}
