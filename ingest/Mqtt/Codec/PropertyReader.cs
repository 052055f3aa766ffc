namespace Linewatch.Mqtt.Codec;

/// <summary>Walks a property block in place.</summary>
internal ref struct PropertyReader(ReadOnlySpan<byte> block)
{
    private FieldReader _fields = new(block);

    /// <summary>Bytes not walked yet.</summary>
    public readonly int Remaining => _fields.Remaining;

    /// <summary>
    /// The next property: numbers in <paramref name="number"/>, texts and binary in <paramref name="bytes"/>, the value
    /// of a user property in <paramref name="second"/>.
    /// </summary>
    public bool TryRead(out PropertyId id, out uint number, out ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> second)
    {
        number = 1;
        bytes = second = default;
        if (_fields.AtEnd)
        {
            id = default;
            return false;
        }

        // A variable byte integer in the standard; every identifier it defines fits one byte.
        id = (PropertyId)_fields.ReadByte("property identifier");
        switch (PropertyRules.TypeOf(id))
        {
            case PropertyRules.ValueType.Byte:
                number = _fields.ReadByte("property");
                break;
            case PropertyRules.ValueType.UInt16:
                number = _fields.ReadUInt16("property");
                break;
            case PropertyRules.ValueType.UInt32:
                number = _fields.ReadUInt32("property");
                break;
            case PropertyRules.ValueType.Variable:
                number = _fields.ReadVariable("property");
                break;
            case PropertyRules.ValueType.Utf8:
            case PropertyRules.ValueType.Binary:
                bytes = _fields.ReadBinary("property");
                break;
            case PropertyRules.ValueType.Pair:
                bytes = _fields.ReadBinary("user property");
                second = _fields.ReadBinary("user property");
                break;
            default:
                MqttProtocolException.Malformed($"property identifier {(byte)id:X2} is not defined");
                break;
        }

        return true;
    }
}
