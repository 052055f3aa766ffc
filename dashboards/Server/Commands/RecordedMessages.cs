using System.Text;
using System.Text.Json;

namespace Linewatch.Server.Commands;

/// <summary>One recorded MQTT publish.</summary>
/// <param name="PublishTime">When it was published, UTC; stands for the receive time.</param>
/// <param name="Topic">Topic name, UTF-8.</param>
/// <param name="Payload">Application message.</param>
internal readonly record struct RecordedMessage(DateTime PublishTime, ReadOnlyMemory<byte> Topic, ReadOnlyMemory<byte> Payload);

/// <summary>
/// Reads messages recorded as JSON lines: <c>publish</c> (UTC), <c>topic</c>, and <c>payload</c> (text) or
/// <c>payload64</c>; other members are ignored. Files in ordinal order of their names, lines in file order.
/// </summary>
internal static class RecordedMessages
{
    /// <summary>The messages of a folder, or of the folder <c>messages</c> below it.</summary>
    /// <exception cref="InvalidDataException">There are no such files, or a line is not a message; says which.</exception>
    public static IEnumerable<RecordedMessage> In(DirectoryInfo folder)
    {
        string below = Path.Combine(folder.FullName, "messages");
        string[] files = Directory.GetFiles(Directory.Exists(below) ? below : folder.FullName, "*.jsonl");
        if (files.Length == 0)
        {
            throw new InvalidDataException($"{folder.FullName}: there are no *.jsonl files, here or in messages/");
        }

        Array.Sort(files, StringComparer.Ordinal);
        foreach (string file in files)
        {
            int number = 0;
            foreach (string line in File.ReadLines(file))
            {
                number++;
                if (line.Length > 0)
                {
                    yield return Parse(line, file, number);
                }
            }
        }
    }

    private static RecordedMessage Parse(string line, string file, int number)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        DateTime? publish = null;
        byte[]? topic = null;
        byte[]? payload = null;
        try
        {
            Utf8JsonReader json = new(bytes);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("publish"u8))
                {
                    json.Read();
                    publish = json.GetDateTimeOffset().UtcDateTime;
                }
                else if (json.ValueTextEquals("topic"u8))
                {
                    json.Read();
                    topic = Text(ref json);
                }
                else if (json.ValueTextEquals("payload"u8))
                {
                    json.Read();
                    payload = Text(ref json);
                }
                else if (json.ValueTextEquals("payload64"u8))
                {
                    json.Read();
                    payload = json.GetBytesFromBase64();
                }
                else
                {
                    json.Skip();
                }
            }
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{file}, line {number}: not a message: {fault.Message}", fault);
        }

        return publish is { } at && topic is not null && payload is not null
            ? new RecordedMessage(at, topic, payload)
            : throw new InvalidDataException($"{file}, line {number}: a message needs publish, topic, and payload or payload64");
    }

    private static byte[] Text(ref Utf8JsonReader json)
    {
        byte[] text = new byte[json.ValueSpan.Length];
        return text[..json.CopyString(text)];
    }
}
