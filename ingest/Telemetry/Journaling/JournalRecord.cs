using System.Buffers.Binary;
using Linewatch.Mqtt;

namespace Linewatch.Telemetry.Journaling;

/// <summary>One message as it lies in the journal. Its spans are valid until its batch is given back.</summary>
public readonly ref struct JournalRecord
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal JournalRecord(ReadOnlySpan<byte> bytes, long position)
    {
        _bytes = bytes;
        Position = position;
    }

    /// <summary>A message that does not lie in the journal (any more), as a record: its bytes are laid out in a buffer, which grows as needed and may be used again once the record is done with.</summary>
    public static JournalRecord Rebuild(ref byte[] buffer, long position, DateTime receiveTime, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload)
    {
        int length = JournalFormat.RecordHeaderLength + topic.Length + payload.Length;
        if (buffer.Length < length)
        {
            buffer = new byte[length * 2];
        }

        Span<byte> record = buffer.AsSpan(0, length);
        topic.CopyTo(record[JournalFormat.RecordHeaderLength..]);
        payload.CopyTo(record[(JournalFormat.RecordHeaderLength + topic.Length)..]);
        JournalFormat.WriteRecordHeader(record, 0, 0, receiveTime.Ticks, 0, topic.Length, 0);
        return new JournalRecord(record, position);
    }

    /// <summary>Where the record begins in the journal.</summary>
    public long Position { get; }

    /// <summary>Where the next record begins; committing this says that the record is done.</summary>
    public long EndPosition => Position + _bytes.Length;

    /// <summary>Number of the message since the journal was first created, from 0, without gaps.</summary>
    public long Ordinal => JournalFormat.Ordinal(_bytes);

    /// <summary>When the message was received, UTC.</summary>
    public DateTime ReceiveTime => new(JournalFormat.ReceiveTicks(_bytes), DateTimeKind.Utc);

    /// <summary>Quality of service it was received with.</summary>
    public MqttQoS QoS => (MqttQoS)(_bytes[24] & 3);

    /// <summary>Whether it was a retained message.</summary>
    public bool Retain => (_bytes[24] & 4) != 0;

    /// <summary>Whether its sender marked it as a possible redelivery.</summary>
    public bool Duplicate => (_bytes[24] & 8) != 0;

    /// <summary>Topic name, UTF-8.</summary>
    public ReadOnlySpan<byte> Topic => _bytes.Slice(JournalFormat.RecordHeaderLength, TopicLength);

    /// <summary>The MQTT 5 property block, empty for 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties => _bytes.Slice(JournalFormat.RecordHeaderLength + TopicLength, PropertiesLength);

    /// <summary>Application message.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[(JournalFormat.RecordHeaderLength + TopicLength + PropertiesLength)..];

    private int TopicLength => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[26..]);

    private int PropertiesLength => BinaryPrimitives.ReadInt32LittleEndian(_bytes[28..]);
}
