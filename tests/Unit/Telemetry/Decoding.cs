using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>Decodes single messages under a plant, received at noon on 22 November 2026.</summary>
internal sealed class Decoding(Plant plant, MessageDecoder? decoder = null)
{
    public static readonly DateTime Noon = new(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);

    private readonly MessageDecoder _decoder = decoder ?? new MessageDecoder(plant);
    private byte[] _buffer = new byte[64];
    private long _position;

    public ReadingBatch Batch { get; } = new() { Plant = plant };

    public MessageOutcome Decode(string topic, string payload, DateTime? receiveTime = null) => Decode(topic, Encoding.UTF8.GetBytes(payload), receiveTime);

    public MessageOutcome Decode(string topic, byte[] payload, DateTime? receiveTime = null)
    {
        Batch.Clear();
        JournalRecord record = JournalRecord.Rebuild(ref _buffer, _position += 1000, receiveTime ?? Noon, Encoding.UTF8.GetBytes(topic), payload);
        return _decoder.Decode(record, Batch);
    }

    /// <summary>"machine.signal=value@time" of every reading, times as offset from noon in seconds, "now" for receive time.</summary>
    public string Readings => string.Join(' ', Batch.Readings.ToArray().Select(Show));

    private static string Show(Reading reading)
    {
        string value = reading.Text ?? (double.IsNaN(reading.Value) ? "stale" : reading.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        string time = (reading.Flags & ReadingFlags.ReceiveTimeUsed) != 0 ? "now" : (reading.EventTime - Noon).TotalSeconds.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        return $"{reading.Signal.Path.Machine}.{reading.Signal.Path.Signal}={value}@{time}";
    }
}
