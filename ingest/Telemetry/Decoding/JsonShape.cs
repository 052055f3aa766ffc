using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Linewatch.Telemetry.Decoding;

/// <summary>What a token of a message is used for.</summary>
internal enum JsonUseKind
{
    /// <summary>Event time of the readings that follow.</summary>
    Time,

    /// <summary>Readings that follow have no device time; there is no token.</summary>
    NoTime,

    /// <summary>A signal's number.</summary>
    Number,

    /// <summary>A signal's text.</summary>
    Text,

    /// <summary><c>true</c>; the words of the message say so.</summary>
    True,

    /// <summary><c>false</c>; the words of the message say so.</summary>
    False,
}

/// <summary>One use of a token.</summary>
/// <param name="Kind">What for.</param>
/// <param name="Token">Where its token begins in the message; in a shape the token's index.</param>
/// <param name="Machine">Machine of the signal; null = the topic's, so that machines of one kind share a shape.</param>
/// <param name="Signal">Index of the signal; −1 = the topic's.</param>
internal readonly record struct JsonUse(JsonUseKind Kind, int Token, MachineSignals? Machine = null, int Signal = -1);

/// <summary>
/// What JSON messages of a source have in common: machines say the same words again and again, and only numbers, times and
/// texts change. A message whose words are those of one that was valid is valid, and what is between them goes where it went
/// then; comparing words takes a quarter of the time of reading them. Plain strings and numbers only: a message with others,
/// or with other words, is left to <see cref="JsonDecoder"/>, from which shapes are learnt. Belongs to one decoder; not thread-safe.
/// </summary>
internal sealed class JsonShape : IEquatable<JsonShape>
{
    private const int MostBytes = 4 << 10;
    private const int MostTokens = 256;

    /// <summary>What a JSON string may hold as it is, but for its end and what lies beyond ASCII.</summary>
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(c => (byte)c).Except("\"\\"u8.ToArray())]);

    private readonly byte[] _words;
    private readonly Token[] _tokens;
    private readonly JsonUse[] _uses;
    private readonly Found[] _found;

    private JsonShape(byte[] words, Token[] tokens, JsonUse[] uses)
    {
        _words = words;
        _tokens = tokens;
        _uses = uses;
        _found = new Found[tokens.Length];
    }

    /// <summary>The shape of a message that was read in full, and what its tokens were used for; null where it has none.</summary>
    /// <exception cref="JsonException">It is not valid.</exception>
    public static JsonShape? Of(ReadOnlySpan<byte> payload, IReadOnlyList<JsonUse> uses)
    {
        if (payload.Length > MostBytes)
        {
            return null;
        }

        ArrayBufferWriter<byte> words = new(payload.Length);
        List<Token> tokens = [];
        Dictionary<int, int> byPlace = [];
        int end = 0;
        Utf8JsonReader reader = new(payload);
        while (reader.Read() && tokens.Count <= MostTokens)
        {
            bool isString = reader.TokenType == JsonTokenType.String;
            if (reader.TokenType == JsonTokenType.Number || (isString && !reader.ValueIsEscaped))
            {
                // A string's quotes are words.
                int place = (int)reader.TokenStartIndex;
                int start = place + (isString ? 1 : 0);
                byPlace.Add(place, tokens.Count);
                words.Write(payload[end..start]);
                tokens.Add(new Token(words.WrittenCount, isString));
                end = start + reader.ValueSpan.Length;
            }
        }

        words.Write(payload[end..]);
        JsonUse[] placed = new JsonUse[uses.Count];
        for (int i = 0; i < placed.Length; i++)
        {
            bool hasToken = uses[i].Kind is JsonUseKind.Time or JsonUseKind.Number or JsonUseKind.Text;
            int token = 0;
            if (hasToken && !byPlace.TryGetValue(uses[i].Token, out token))
            {
                return null;
            }

            placed[i] = uses[i] with { Token = token };
        }

        return tokens.Count > MostTokens ? null : new JsonShape(words.WrittenSpan.ToArray(), [.. tokens], placed);
    }

    /// <summary>Reads a message into the sink; false when it has another shape or its time is refused: the sink must then be begun anew.</summary>
    public bool TryRead(TopicBinding topic, ReadOnlySpan<byte> payload, DeviceTimeFormat timeFormat, MessageSink sink) =>
        TryFindTokens(payload) && TryUse(topic, payload, timeFormat, sink);

    public bool Equals(JsonShape? other) =>
        other is not null && _words.AsSpan().SequenceEqual(other._words) && _tokens.AsSpan().SequenceEqual(other._tokens) && _uses.AsSpan().SequenceEqual(other._uses);

    public override bool Equals(object? obj) => Equals(obj as JsonShape);

    public override int GetHashCode() => Utf8Comparer.Instance.GetHashCode(_words);

    private bool TryFindTokens(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> words = _words;
        int said = 0;
        for (int i = 0; i < _tokens.Length; i++)
        {
            Token token = _tokens[i];
            ref Found found = ref _found[i];
            ReadOnlySpan<byte> before = words[said..token.WordsEnd];
            if (!payload.StartsWith(before))
            {
                return false;
            }

            payload = payload[before.Length..];
            said = token.WordsEnd;
            if (token.IsString)
            {
                found.Length = payload.IndexOfAnyExcept(Plain);
                if (found.Length < 0 || payload[found.Length] != (byte)'"')
                {
                    return false;
                }
            }
            else if (!JsonNumber.TryRead(payload, out found.Number, out found.Length))
            {
                return false;
            }

            // From the end of the message, since what is left of it is what is at hand.
            found.Left = payload.Length;
            payload = payload[found.Length..];
        }

        return payload.SequenceEqual(words[said..]);
    }

    private bool TryUse(TopicBinding topic, ReadOnlySpan<byte> payload, DeviceTimeFormat timeFormat, MessageSink sink)
    {
        foreach (ref readonly JsonUse use in _uses.AsSpan())
        {
            switch (use.Kind)
            {
                case JsonUseKind.Time:
                    if (!DeviceTime.TryRead(TextOf(use, payload), timeFormat, out DateTime time) || !sink.TryUseTime(time))
                    {
                        return false;
                    }

                    break;
                case JsonUseKind.NoTime:
                    sink.TryUseTime(null);
                    break;
                case JsonUseKind.Text:
                    sink.Text(SignalOf(use, topic).Signal, Encoding.ASCII.GetString(TextOf(use, payload)));
                    break;
                default:
                    double number = use.Kind == JsonUseKind.Number ? _found[use.Token].Number : use.Kind == JsonUseKind.True ? 1 : 0;
                    sink.Number(SignalOf(use, topic), number);
                    break;
            }
        }

        return true;
    }

    private ReadOnlySpan<byte> TextOf(in JsonUse use, ReadOnlySpan<byte> payload)
    {
        ref readonly Found found = ref _found[use.Token];
        return payload.Slice(payload.Length - found.Left, found.Length);
    }

    private static ref readonly SignalSlot SignalOf(in JsonUse use, TopicBinding topic) =>
        ref use.Signal < 0 ? ref topic.Slot : ref (use.Machine ?? topic.Machine!)[use.Signal];

    /// <summary>What changes from message to message, by its place in the shape.</summary>
    /// <param name="WordsEnd">Where the words before it end.</param>
    /// <param name="IsString">Whether it is the content of a string; else it is a number.</param>
    private readonly record struct Token(int WordsEnd, bool IsString);

    /// <summary>A token in the message that is read.</summary>
    private struct Found
    {
        /// <summary>Bytes from its beginning to the message's end.</summary>
        public int Left;

        public int Length;

        public double Number;
    }
}
