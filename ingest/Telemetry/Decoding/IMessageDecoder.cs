using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Turns one message into readings. A decoder never throws on what a message holds: it says what is wrong by
/// <see cref="MessageSink.Refuse"/>. One instance belongs to one source and one consumer; not thread-safe.
/// </summary>
internal interface IMessageDecoder
{
    /// <summary>Decodes; every reading it adds has its event time when it returns.</summary>
    void Decode(TopicBinding binding, in JournalRecord message, MessageSink sink);
}
