using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// The shapes that the messages of one source were seen to have. Machines that say the same words share one. Both their number
/// and the work of learning are bounded: a topic whose words change all the time is read in full. Not thread-safe.
/// </summary>
internal sealed class JsonShapes(DeviceTimeFormat timeFormat)
{
    /// <summary>All that is ever learnt, at most some 40 MB: topics have no shapes but these. Plants have a few dozen.</summary>
    private const int MostShapes = 2_048;

    /// <summary>So many of a topic's messages that have no known shape are learnt from, and of those behind them every <see cref="LearntRarely"/>th.</summary>
    private const int LearntAtOnce = 8;
    private const int LearntRarely = 64;

    private readonly HashSet<JsonShape> _shapes = [];
    private readonly List<JsonUse> _uses = [];

    /// <summary>Reads a message that has one of the topic's last two shapes; false where it has not.</summary>
    public bool TryRead(TopicBinding topic, in JournalRecord message, MessageSink sink)
    {
        _uses.Clear();
        if (TryRead(topic.Shape, topic, message, sink))
        {
            return true;
        }

        if (TryRead(topic.ShapeBefore, topic, message, sink))
        {
            (topic.Shape, topic.ShapeBefore) = (topic.ShapeBefore, topic.Shape);
            return true;
        }

        return false;
    }

    /// <summary>Notes what a token of the message is used for that is read in full now.</summary>
    public void Note(in JsonUse use) => _uses.Add(use);

    /// <summary>Learns from a message that was read in full and is valid.</summary>
    public void Learn(TopicBinding topic, in JournalRecord message)
    {
        if (topic.WithoutShape++ is var missed && (missed < LearntAtOnce || missed % LearntRarely == 0)
            && JsonShape.Of(message.Payload, _uses) is { } shape
            && (_shapes.TryGetValue(shape, out JsonShape? known) || (_shapes.Count < MostShapes && _shapes.Add(known = shape))))
        {
            (topic.Shape, topic.ShapeBefore) = (known, topic.Shape);
        }
    }

    private bool TryRead(JsonShape? shape, TopicBinding topic, in JournalRecord message, MessageSink sink)
    {
        if (shape is null)
        {
            return false;
        }

        bool isRead = shape.TryRead(topic, message.Payload, timeFormat, sink);
        if (!isRead)
        {
            sink.Restart();
        }

        return isRead;
    }
}
