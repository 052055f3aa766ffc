namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Reads JSON as nearly all machines send it, an object of plain members or of one more such object, without a general reader's
/// bookkeeping: a third of the time. It takes less than JSON allows (no escapes, no exponents, ASCII names, 16 characters a
/// number) and nothing that JSON does not; each method says false for all else, and the message is then read from its
/// beginning by <see cref="System.Text.Json.Utf8JsonReader"/>.
/// </summary>
internal ref struct FlatJson(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>What a value is.</summary>
    public enum Kind
    {
        /// <summary>Nothing that this reads.</summary>
        Unknown,
        Object,
        String,
        Number,
        True,
        False,
        Null,
    }

    /// <summary>Whether an object begins here; then reads on inside it.</summary>
    public bool TryEnterObject() => TryTake((byte)'{');

    /// <summary>Whether nothing but white space follows.</summary>
    public bool IsAtEnd()
    {
        SkipSpace();
        return _at == _text.Length;
    }

    /// <summary>Whether the object ends here; then reads on behind it.</summary>
    public bool TryLeaveObject() => TryTake((byte)'}');

    /// <summary>Whether another member follows the one before.</summary>
    public bool TryNextMember() => TryTake((byte)',');

    /// <summary>The name of a member; reads on at its value.</summary>
    public bool TryName(out ReadOnlySpan<byte> name) => TryString(out name) && TryTake((byte)':');

    /// <summary>What the value is that begins here. It is read by what its kind calls for.</summary>
    public Kind Peek()
    {
        SkipSpace();
        return _at == _text.Length ? Kind.Unknown : _text[_at] switch
        {
            (byte)'"' => Kind.String,
            (byte)'{' => Kind.Object,
            (byte)'t' => Kind.True,
            (byte)'f' => Kind.False,
            (byte)'n' => Kind.Null,
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Kind.Number,
            _ => Kind.Unknown,
        };
    }

    /// <summary>A string without escapes, of printable ASCII; the bytes between its quotes.</summary>
    public bool TryString(out ReadOnlySpan<byte> content)
    {
        content = default;
        if (!TryTake((byte)'"'))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = _text[_at..];
        for (int i = 0; i < rest.Length; i++)
        {
            byte c = rest[i];
            if (c == (byte)'"')
            {
                content = rest[..i];
                _at += i + 1;
                return true;
            }

            if (c is < 0x20 or > 0x7E or (byte)'\\')
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>A number of digits and a point, and its characters.</summary>
    public bool TryNumber(out double value, out ReadOnlySpan<byte> characters)
    {
        SkipSpace();
        bool isNumber = JsonNumber.TryScan(_text[_at..], out value, out int length);
        characters = _text.Slice(_at, length);
        _at += length;
        return isNumber;
    }

    /// <summary><c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public bool TryLiteral(Kind kind)
    {
        ReadOnlySpan<byte> literal = kind switch { Kind.True => "true"u8, Kind.False => "false"u8, _ => "null"u8 };
        bool isLiteral = _text[_at..].StartsWith(literal);
        _at += isLiteral ? literal.Length : 0;
        return isLiteral;
    }

    /// <summary>Passes a plain value, whatever it is.</summary>
    public bool TrySkip() => Peek() switch
    {
        Kind.String => TryString(out _),
        Kind.Number => TryNumber(out _, out _),
        Kind.True => TryLiteral(Kind.True),
        Kind.False => TryLiteral(Kind.False),
        Kind.Null => TryLiteral(Kind.Null),
        _ => false,
    };

    private bool TryTake(byte sign)
    {
        SkipSpace();
        if (_at == _text.Length || _text[_at] != sign)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }
    }
}
