using System.Buffers;
using System.Text.Json;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Signals;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>
/// One JSON document a machine: <c>{"ts":"2026-11-22T10:00:00.000Z","values":{"state":6,…}}</c> on
/// <c>{site}/{area}/{line}/{machine}/data</c>. Not thread-safe.
/// </summary>
internal sealed class JsonDialect : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    public JsonDialect() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

    public byte[] Encode(Machine machine, DateTime eventTime, long now, SampleParts parts)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("ts"u8, eventTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        _json.WriteStartObject("values"u8);
        _json.WriteNumber("state"u8, machine.StateCode);
        if (parts.HasFlag(SampleParts.Status))
        {
            _json.WriteNumber("program"u8, (int)machine.Programme);
            _json.WriteNumber("fault"u8, machine.FaultCode);
            _json.WriteString("product"u8, machine.Product?.Id);
            _json.WriteString("order"u8, machine.Order);
        }

        _json.WriteNumber("speed"u8, Math.Round(Rates.ToPerHour(machine.Station.Rate)));
        _json.WriteNumber("total"u8, machine.ShownTotal);
        _json.WriteNumber("rejects"u8, machine.ShownRejected);
        _json.WriteNumber("good"u8, machine.ShownGood);
        if (parts.HasFlag(SampleParts.Process))
        {
            foreach (ProcessSignal signal in machine.Signals)
            {
                _json.WriteNumber(signal.Model.Id, signal.At(now, machine.Failures));
            }
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();
}

/// <summary>What a message of a machine carries besides state, speed and counters.</summary>
[Flags]
internal enum SampleParts
{
    None = 0,

    /// <summary>Programme, fault code, product and order.</summary>
    Status = 1,

    /// <summary>Process signals.</summary>
    Process = 2,
}
