namespace Linewatch.Mqtt.Codec;

/// <summary>The topic aliases the peer has set on one connection. [MQTT 3.3.2.3.4]</summary>
internal sealed class TopicAliases(int maximum)
{
    private byte[]?[]? _topics;

    /// <summary>The topic a PUBLISH means, and remembers one that sets an alias.</summary>
    /// <exception cref="MqttProtocolException">The alias is above the maximum, or was never set.</exception>
    public ReadOnlySpan<byte> Resolve(ushort alias, ReadOnlySpan<byte> topic)
    {
        if (alias > maximum)
        {
            // [MQTT-3.3.2-9, MQTT-3.3.2-10]
            MqttProtocolException.Refuse(MqttReasonCode.TopicAliasInvalid, $"topic alias {alias}, at most {maximum} are allowed");
        }

        _topics ??= new byte[]?[maximum + 1];
        if (!topic.IsEmpty)
        {
            if (!topic.SequenceEqual(_topics[alias]))
            {
                _topics[alias] = topic.ToArray();
            }
        }
        else if (_topics[alias] is null)
        {
            MqttProtocolException.Refuse(MqttReasonCode.TopicAliasInvalid, $"topic alias {alias} was never set");
        }

        return _topics[alias];
    }
}
