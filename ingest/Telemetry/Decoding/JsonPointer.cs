using System.Text;
using System.Text.Json;

namespace Linewatch.Telemetry.Decoding;

/// <summary>A JSON pointer (RFC 6901) that finds its value in a stream of tokens. Immutable.</summary>
internal sealed class JsonPointer
{
    private readonly byte[][] _steps;

    private JsonPointer(string text, byte[][] steps)
    {
        Text = text;
        _steps = steps;
    }

    public string Text { get; }

    /// <summary>The whole document.</summary>
    public bool IsRoot => _steps.Length == 0;

    public static JsonPointer Parse(string text) => new(text, text.Length == 0
        ? []
        : [.. text[1..].Split('/').Select(step => Encoding.UTF8.GetBytes(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))]);

    public static JsonPointer? Parse(IReadOnlyDictionary<string, string> options, string key) =>
        options.TryGetValue(key, out string? text) ? Parse(text) : null;

    /// <summary>
    /// Moves a reader that stands on a value to the value the pointer names below it; false when there is none. Give it a
    /// copy of a reader that is still needed.
    /// </summary>
    public bool TryMove(ref Utf8JsonReader reader)
    {
        foreach (byte[] step in _steps)
        {
            if (!(reader.TokenType == JsonTokenType.StartArray ? TryElement(ref reader, step) : TryMember(ref reader, step)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the first step is this member.</summary>
    public bool Begins(ReadOnlySpan<byte> name) => _steps.Length > 0 && name.SequenceEqual(_steps[0]);

    private static bool TryMember(ref Utf8JsonReader reader, byte[] name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool TryElement(ref Utf8JsonReader reader, byte[] step)
    {
        if (!System.Buffers.Text.Utf8Parser.TryParse(step, out int index, out int consumed) || consumed != step.Length)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (index-- == 0)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
