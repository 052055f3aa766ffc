namespace Linewatch.Mqtt.Codec;

/// <summary>
/// Table 2-4 of MQTT 5: the type of each property and the packets that may carry it; and the check of a whole block
/// without allocating.
/// </summary>
internal static class PropertyRules
{
    /// <summary>Data type of a property's value.</summary>
    internal enum ValueType : byte
    {
        None,
        Byte,
        UInt16,
        UInt32,
        Variable,
        Utf8,
        Binary,
        Pair,
    }

    private static readonly (ValueType Type, PropertyOwner Owners)[] Table = Build();

    public static ValueType TypeOf(PropertyId id) => (int)id < Table.Length ? Table[(int)id].Type : ValueType.None;

    /// <summary>Checks every property of a block: known, allowed here, at most once, value in its range. [MQTT-2.2.2-2 and the rules of each property]</summary>
    /// <returns>The topic alias of a PUBLISH, 0 = none.</returns>
    public static ushort Check(ReadOnlySpan<byte> block, PropertyOwner owner)
    {
        ulong seen = 0;
        ushort alias = 0;
        PropertyReader reader = new(block);
        while (reader.TryRead(out PropertyId id, out uint number, out ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> second))
        {
            if ((Table[(int)id].Owners & owner) == 0)
            {
                MqttProtocolException.Violation($"property {id} is not allowed in {owner}");
            }

            ulong bit = 1UL << (int)id;
            if ((seen & bit) != 0 && id != PropertyId.UserProperty && !(id == PropertyId.SubscriptionIdentifier && owner == PropertyOwner.Publish))
            {
                MqttProtocolException.Violation($"property {id} appears twice");
            }

            seen |= bit;
            CheckValue(id, number, bytes, second);
            if (id == PropertyId.TopicAlias)
            {
                alias = (ushort)number;
            }
        }

        // [MQTT-3.1.2-22…, 3.1.2.11.10] data without a method means nothing.
        if ((seen & (1UL << (int)PropertyId.AuthenticationData)) != 0 && (seen & (1UL << (int)PropertyId.AuthenticationMethod)) == 0)
        {
            MqttProtocolException.Violation("authentication data without an authentication method");
        }

        return alias;
    }

    private static void CheckValue(PropertyId id, uint number, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> second)
    {
        switch (TypeOf(id))
        {
            case ValueType.Utf8:
                FieldReader.CheckUtf8(bytes, id.ToString());
                if (id == PropertyId.ResponseTopic)
                {
                    // [MQTT-3.3.2-14]
                    TopicRules.CheckName(bytes, "response topic");
                }

                break;
            case ValueType.Pair:
                FieldReader.CheckUtf8(bytes, "user property");
                FieldReader.CheckUtf8(second, "user property");
                break;
            case ValueType.Byte when number > 1:
                MqttProtocolException.Violation($"property {id} is {number}, only 0 and 1 are allowed");
                break;
            default:
                if (number == 0)
                {
                    CheckZero(id);
                }

                break;
        }
    }

    private static void CheckZero(PropertyId id)
    {
        if (id == PropertyId.TopicAlias)
        {
            // [MQTT-3.3.2-8]
            MqttProtocolException.Refuse(MqttReasonCode.TopicAliasInvalid, "topic alias 0");
        }

        if (id is PropertyId.ReceiveMaximum or PropertyId.MaximumPacketSize or PropertyId.SubscriptionIdentifier)
        {
            MqttProtocolException.Violation($"property {id} is 0");
        }
    }

    private static (ValueType, PropertyOwner)[] Build()
    {
        (ValueType, PropertyOwner)[] table = new (ValueType, PropertyOwner)[0x2B];
        const PropertyOwner Message = PropertyOwner.Publish | PropertyOwner.PublishToServer | PropertyOwner.Will;
        Set(PropertyId.PayloadFormatIndicator, ValueType.Byte, Message);
        Set(PropertyId.MessageExpiryInterval, ValueType.UInt32, Message);
        Set(PropertyId.ContentType, ValueType.Utf8, Message);
        Set(PropertyId.ResponseTopic, ValueType.Utf8, Message);
        Set(PropertyId.CorrelationData, ValueType.Binary, Message);
        Set(PropertyId.SubscriptionIdentifier, ValueType.Variable, PropertyOwner.Publish | PropertyOwner.Subscribe);
        Set(PropertyId.SessionExpiryInterval, ValueType.UInt32, PropertyOwner.Connect | PropertyOwner.Connack | PropertyOwner.Disconnect);
        Set(PropertyId.AssignedClientIdentifier, ValueType.Utf8, PropertyOwner.Connack);
        Set(PropertyId.ServerKeepAlive, ValueType.UInt16, PropertyOwner.Connack);
        Set(PropertyId.AuthenticationMethod, ValueType.Utf8, PropertyOwner.Connect | PropertyOwner.Connack | PropertyOwner.Auth);
        Set(PropertyId.AuthenticationData, ValueType.Binary, PropertyOwner.Connect | PropertyOwner.Connack | PropertyOwner.Auth);
        Set(PropertyId.RequestProblemInformation, ValueType.Byte, PropertyOwner.Connect);
        Set(PropertyId.WillDelayInterval, ValueType.UInt32, PropertyOwner.Will);
        Set(PropertyId.RequestResponseInformation, ValueType.Byte, PropertyOwner.Connect);
        Set(PropertyId.ResponseInformation, ValueType.Utf8, PropertyOwner.Connack);
        Set(PropertyId.ServerReference, ValueType.Utf8, PropertyOwner.Connack | PropertyOwner.Disconnect);
        Set(PropertyId.ReasonString, ValueType.Utf8, PropertyOwner.Answers);
        Set(PropertyId.ReceiveMaximum, ValueType.UInt16, PropertyOwner.Connect | PropertyOwner.Connack);
        Set(PropertyId.TopicAliasMaximum, ValueType.UInt16, PropertyOwner.Connect | PropertyOwner.Connack);
        Set(PropertyId.TopicAlias, ValueType.UInt16, PropertyOwner.Publish | PropertyOwner.PublishToServer);
        Set(PropertyId.MaximumQoS, ValueType.Byte, PropertyOwner.Connack);
        Set(PropertyId.RetainAvailable, ValueType.Byte, PropertyOwner.Connack);
        Set(PropertyId.UserProperty, ValueType.Pair, PropertyOwner.Answers | Message | PropertyOwner.Connect | PropertyOwner.Subscribe | PropertyOwner.Unsubscribe);
        Set(PropertyId.MaximumPacketSize, ValueType.UInt32, PropertyOwner.Connect | PropertyOwner.Connack);
        Set(PropertyId.WildcardSubscriptionAvailable, ValueType.Byte, PropertyOwner.Connack);
        Set(PropertyId.SubscriptionIdentifierAvailable, ValueType.Byte, PropertyOwner.Connack);
        Set(PropertyId.SharedSubscriptionAvailable, ValueType.Byte, PropertyOwner.Connack);
        return table;

        void Set(PropertyId id, ValueType type, PropertyOwner owners) => table[(int)id] = (type, owners);
    }
}
