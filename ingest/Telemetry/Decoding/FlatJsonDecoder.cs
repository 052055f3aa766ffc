namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// The short way through JSON messages of the usual shape: device time and values are members of the message, or the values are
/// members of one of its members, and each is a plain number. What it does with such a message is what <see cref="JsonDecoder"/>
/// would do; any other is left to that. Immutable.
/// </summary>
/// <param name="time">Name of the member with the device time; null = there is none.</param>
/// <param name="values">Name of the member with the values; null = they are the message's own members.</param>
/// <param name="timeFormat">Form of the device time.</param>
internal sealed class FlatJsonDecoder(byte[]? time, byte[]? values, DeviceTimeFormat timeFormat)
{
    /// <summary>
    /// Reads a message into the sink; false when it is not of the usual shape, or not valid: the sink must then be begun anew.
    /// </summary>
    public bool TryDecode(MachineSignals machine, ReadOnlySpan<byte> payload, MessageSink sink)
    {
        FlatJson json = new(payload);
        bool hasTime = time is null;
        bool hasValues = values is null;
        if (!json.TryEnterObject())
        {
            return false;
        }

        do
        {
            if (!json.TryName(out ReadOnlySpan<byte> name))
            {
                return false;
            }

            bool isRead;
            if (!hasTime && name.SequenceEqual(time))
            {
                // Beside the values the time's name may be a signal's as well.
                isRead = (values is not null || machine.IndexOf(name) < 0) && TryTime(ref json, sink);
                hasTime = true;
            }
            else if (values is null)
            {
                // A value before the time: its time is not known yet.
                isRead = hasTime && TryValue(ref json, machine, name, sink);
            }
            else if (!hasValues && name.SequenceEqual(values))
            {
                isRead = hasTime && TryValues(ref json, machine, sink);
                hasValues = true;
            }
            else
            {
                isRead = json.TrySkip();
            }

            if (!isRead)
            {
                return false;
            }
        }
        while (json.TryNextMember());

        return json.TryLeaveObject() && json.IsAtEnd() && hasTime && hasValues;
    }

    private bool TryTime(ref FlatJson json, MessageSink sink)
    {
        bool isRead = json.Peek() == FlatJson.Kind.Number ? json.TryNumber(out _, out ReadOnlySpan<byte> text) : json.TryString(out text);
        return isRead && DeviceTime.TryRead(text, timeFormat, out DateTime read) && sink.TryUseTime(read);
    }

    private static bool TryValues(ref FlatJson json, MachineSignals machine, MessageSink sink)
    {
        if (!json.TryEnterObject())
        {
            return false;
        }

        do
        {
            if (!json.TryName(out ReadOnlySpan<byte> name) || !TryValue(ref json, machine, name, sink))
            {
                return false;
            }
        }
        while (json.TryNextMember());

        return json.TryLeaveObject();
    }

    private static bool TryValue(ref FlatJson json, MachineSignals machine, ReadOnlySpan<byte> name, MessageSink sink)
    {
        int index = machine.IndexOf(name);
        FlatJson.Kind kind = json.Peek();
        if (index < 0 || kind is not (FlatJson.Kind.Number or FlatJson.Kind.True or FlatJson.Kind.False or FlatJson.Kind.Null))
        {
            return false;
        }

        double number = kind == FlatJson.Kind.True ? 1 : 0;
        if (kind == FlatJson.Kind.Number ? !json.TryNumber(out number, out _) : !json.TryLiteral(kind))
        {
            return false;
        }

        // Null says that there is no value, which is not a reading.
        if (kind != FlatJson.Kind.Null)
        {
            sink.Number(machine[index], number);
        }

        return true;
    }
}
