using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Server.Commands;

/// <summary>Decodes messages of a recording or a simulation as a consumer decodes the journal's. Not thread-safe.</summary>
internal sealed class RecordedDecoder(Plant plant)
{
    private readonly MessageDecoder _decoder = new(plant);
    private byte[] _record = new byte[4096];
    private byte[] _topic = new byte[256];

    /// <summary>Messages decoded.</summary>
    public long Messages { get; private set; }

    /// <summary>The readings so far; the caller clears it.</summary>
    public ReadingBatch Batch { get; } = new() { Plant = plant };

    /// <summary>Decodes a message into <see cref="Batch"/>.</summary>
    public MessageOutcome Decode(DateTime publishTime, string topic, ReadOnlySpan<byte> payload)
    {
        if (_topic.Length < Encoding.UTF8.GetMaxByteCount(topic.Length))
        {
            _topic = new byte[Encoding.UTF8.GetMaxByteCount(topic.Length)];
        }

        return Decode(publishTime, _topic.AsSpan(0, Encoding.UTF8.GetBytes(topic, _topic)), payload);
    }

    /// <summary>Decodes a message into <see cref="Batch"/>.</summary>
    public MessageOutcome Decode(DateTime publishTime, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) =>
        _decoder.Decode(JournalRecord.Rebuild(ref _record, Messages++, publishTime, topic, payload), Batch);
}
