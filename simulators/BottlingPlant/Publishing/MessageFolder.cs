using System.Globalization;
using System.Text.Json;

namespace Linewatch.BottlingPlant.Publishing;

/// <summary>
/// Writes messages as JSON lines, a file for each UTC day of the publish time: <c>messages/2026-11-22.jsonl</c>. A line holds
/// <c>event</c>, <c>publish</c> (UTC), <c>topic</c> and <c>payload</c> (text), or <c>payload64</c> where it isn't UTF-8.
/// </summary>
public sealed class MessageFolder : IDisposable
{
    private readonly string _folder;
    private FileStream? _file;
    private Utf8JsonWriter? _json;
    private DateOnly _day;

    /// <summary>Writes into <c>messages</c> below a folder, which is made when missing.</summary>
    public MessageFolder(string folder) => _folder = Directory.CreateDirectory(Path.Combine(folder, "messages")).FullName;

    /// <summary>Appends one message.</summary>
    public void Write(in SimulatedMessage message)
    {
        DateOnly day = DateOnly.FromDateTime(message.PublishTime);
        if (_file is null || day != _day)
        {
            Dispose();
            _day = day;
            _file = new FileStream(Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}.jsonl")), FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 17);
            _json = new Utf8JsonWriter(_file, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        }

        _json!.Reset(_file);
        _json.WriteStartObject();
        _json.WriteString("event"u8, Truth.TruthFiles.Time(message.EventTime));
        _json.WriteString("publish"u8, Truth.TruthFiles.Time(message.PublishTime));
        _json.WriteString("topic"u8, message.Topic);
        if (System.Text.Unicode.Utf8.IsValid(message.Payload.Span))
        {
            _json.WriteString("payload"u8, message.Payload.Span);
        }
        else
        {
            _json.WriteBase64String("payload64"u8, message.Payload.Span);
        }

        _json.WriteEndObject();
        _json.Flush();
        _file.WriteByte((byte)'\n');
    }

    /// <summary>Closes the file at hand.</summary>
    public void Dispose()
    {
        _json?.Dispose();
        _file?.Dispose();
        (_json, _file) = (null, null);
    }
}
