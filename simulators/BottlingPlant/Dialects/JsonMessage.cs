using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>A JSON payload with a time, written into a buffer that is used again. Not thread-safe.</summary>
internal sealed class JsonMessage
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public JsonMessage() => Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

    public Utf8JsonWriter Writer { get; }

    /// <summary>Begins a document with its event time.</summary>
    public Utf8JsonWriter Begin(DateTime eventTime)
    {
        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
        Writer.WriteStartObject();
        Span<char> time = stackalloc char[24];
        eventTime.TryFormat(time, out int length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        Writer.WriteString("ts"u8, time[..length]);
        return Writer;
    }

    /// <summary>Ends the document.</summary>
    public byte[] End()
    {
        Writer.WriteEndObject();
        Writer.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    public void WriteValue(in SampleValue value)
    {
        if (value.Text is not null)
        {
            Writer.WriteStringValue(value.Text);
        }
        else if (value.IsWhole)
        {
            Writer.WriteNumberValue((long)value.Number);
        }
        else
        {
            Writer.WriteNumberValue(value.Number);
        }
    }
}
