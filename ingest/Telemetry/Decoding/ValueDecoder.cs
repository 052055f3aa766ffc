using System.Buffers.Text;
using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>One plain value a message: a number, true or false, or a text; the topic names the signal.</summary>
internal sealed class ValueDecoder : IMessageDecoder
{
    private const int LongestText = 4096;

    public void Decode(TopicBinding binding, in JournalRecord message, MessageSink sink)
    {
        if (binding.Signal is not { } signal)
        {
            sink.Refuse(QuarantineReason.UnknownSignal, "the topic names no signal");
            return;
        }

        ReadOnlySpan<byte> text = message.Payload.Trim(" \t\r\n"u8);
        Add(signal, text, sink);
    }

    /// <summary>Adds a value written as text.</summary>
    public static void Add(Signal signal, ReadOnlySpan<byte> text, MessageSink sink)
    {
        if (signal.IsText)
        {
            if (text.Length > LongestText)
            {
                sink.Refuse(QuarantineReason.Malformed, $"{signal} is a text of {text.Length} bytes; allowed: up to {LongestText}");
                return;
            }

            sink.Text(signal, Encoding.UTF8.GetString(text));
        }
        else if (Utf8Parser.TryParse(text, out double number, out int consumed) && consumed == text.Length)
        {
            sink.Number(signal, number);
        }
        else if (Is(text, "true") || Is(text, "on"))
        {
            sink.Number(signal, 1);
        }
        else if (Is(text, "false") || Is(text, "off"))
        {
            sink.Number(signal, 0);
        }
        else
        {
            sink.Refuse(QuarantineReason.WrongType, text.IsEmpty
                ? $"{signal}: the payload is empty; a number is expected"
                : $"{signal} is '{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)])}'; a number is expected");
        }
    }

    private static bool Is(ReadOnlySpan<byte> text, string word) => Ascii.EqualsIgnoreCase(text, word);
}
