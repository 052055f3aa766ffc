namespace Linewatch.Telemetry.Sparkplug;

/// <summary>What a Sparkplug B payload says beside its metrics.</summary>
internal struct SparkplugEnvelope
{
    /// <summary>Milliseconds since 1970-01-01 UTC; null = not sent.</summary>
    public ulong? Timestamp;

    /// <summary>Number of the session, by which a death is matched with its birth; null = not sent.</summary>
    public ulong? BdSeq;

    /// <summary>0 to 255, then 0 again; null = not sent.</summary>
    public byte? Sequence;

    /// <summary>False when the payload, or one of its metrics, is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out SparkplugEnvelope envelope)
    {
        envelope = default;
        ProtobufReader reader = new(payload);
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 1:
                    envelope.Timestamp = reader.Number();
                    break;
                case 2:
                    if (!SparkplugMetric.TryRead(reader.Bytes(), out SparkplugMetric metric))
                    {
                        return false;
                    }

                    if (metric.Name.SequenceEqual("bdSeq"u8))
                    {
                        envelope.BdSeq = metric.Number;
                    }

                    break;
                case 3:
                    envelope.Sequence = (byte)reader.Number();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }
}
