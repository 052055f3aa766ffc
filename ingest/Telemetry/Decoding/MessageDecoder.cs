using Linewatch.Plants;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Sparkplug;
using Linewatch.Telemetry.Watching;

namespace Linewatch.Telemetry.Decoding;

/// <summary>What became of one message, and why.</summary>
/// <param name="Source">Name of the source it belongs to; <c>unknown</c> when none matches its topic.</param>
/// <param name="Outcome">Stored, duplicate or quarantined.</param>
/// <param name="Reason">Why it is quarantined.</param>
/// <param name="Detail">What exactly was found.</param>
public readonly record struct MessageOutcome(string Source, Outcome Outcome, QuarantineReason Reason = QuarantineReason.None, string Detail = "");

/// <summary>
/// Decodes messages by the plant's sources and checks every value. Never throws on what a message holds. One instance
/// belongs to one consumer of the journal; not thread-safe.
/// </summary>
public sealed class MessageDecoder
{
    private readonly MessageSink _sink = new();
    private readonly DuplicateFilter _duplicates;
    private readonly SparkplugMemory _sparkplug;
    private readonly TopicTable _topics;
    private readonly ClockWatch? _clocks;
    private readonly Deadband? _deadband;
    private readonly bool _thins;

    /// <summary>A decoder for a plant.</summary>
    /// <param name="plant">The plant.</param>
    /// <param name="sparkplugFolder">Where births are kept across restarts; null = nowhere.</param>
    /// <param name="rebirths">Where rebirths are asked for; null = they are not.</param>
    /// <param name="thins">Whether readings within their signal's deadband are left out.</param>
    /// <param name="clocks">What compares machines' clocks with receive time; null = nobody asks about them.</param>
    public MessageDecoder(Plant plant, string? sparkplugFolder = null, RebirthRequests? rebirths = null, bool thins = false, ClockWatch? clocks = null)
        : this(plant, new DuplicateFilter(), new SparkplugMemory(sparkplugFolder, rebirths), clocks, thins)
    {
    }

    private MessageDecoder(Plant plant, DuplicateFilter duplicates, SparkplugMemory sparkplug, ClockWatch? clocks, bool thins)
    {
        _clocks = clocks;
        _deadband = thins && plant.Signals.Any(signal => signal.Deadband > 0) ? new Deadband(plant) : null;
        _thins = thins;
        Plant = plant;
        DependsOnHistory = plant.Sources.Any(source => source.IsSparkplug);
        _duplicates = duplicates;
        _sparkplug = sparkplug;
        PlantSignals signals = new(plant);
        _topics = new TopicTable(plant, signals, source => Decoders.Create(source, signals, sparkplug));
    }

    /// <summary>The plant it decodes by.</summary>
    public Plant Plant { get; }

    /// <summary>The decoder for a changed plant; what was learnt from messages stays. This one must not be used any more.</summary>
    public MessageDecoder For(Plant plant) => new(plant, _duplicates, _sparkplug, _clocks, _thins);

    /// <summary>Whether what a message says depends on messages before it, so that it cannot be decoded once for several consumers.</summary>
    internal bool DependsOnHistory { get; }

    /// <summary>Decodes one message, adds its readings to the batch, and says what became of it.</summary>
    public MessageOutcome Decode(in JournalRecord message, ReadingBatch batch)
    {
        int first = batch.Count;
        bool isKnown = _duplicates.Remember(DuplicateFilter.PrintOf(message));
        MessageOutcome said = Read(message, batch, out bool isBound);
        return isBound ? Judge(said, batch, first, message.ReceiveTime, isKnown, message.Duplicate) : said;
    }

    /// <summary>Decodes a message out of quarantine, which of course was received before.</summary>
    public MessageOutcome Replay(in JournalRecord message, ReadingBatch batch)
    {
        int first = batch.Count;
        MessageOutcome said = Read(message, batch, out bool isBound);
        if (isBound)
        {
            _deadband?.Thin(batch, first);
        }

        return said;
    }

    /// <summary>Decodes what a message says by itself, as the next of a stretch.</summary>
    internal void Read(in JournalRecord message, DecodedStretch stretch)
    {
        int first = stretch.Readings.Count;
        MessageOutcome said = Read(message, stretch.Readings, out bool isBound);
        stretch.Add(new DecodedMessage(message.Position, message.Ordinal, message.ReceiveTime, DuplicateFilter.PrintOf(message), message.Duplicate, isBound, said, first));
    }

    /// <summary>Says that the messages of a stretch are taken next.</summary>
    internal void Approach(DecodedStretch stretch) => _duplicates.Approach(stretch.Messages);

    /// <summary>Takes a message of a stretch that this or another consumer's decoder of the same plant has read, in journal order.</summary>
    internal MessageOutcome Take(DecodedStretch stretch, int index, ReadingBatch batch)
    {
        int first = batch.Count;
        ref readonly DecodedMessage message = ref stretch.Messages[index];
        bool isKnown = _duplicates.Remember(message.Print);
        batch.Add(stretch.ReadingsOf(index));
        return message.IsBound ? Judge(message.Said, batch, first, message.ReceiveTime, isKnown, message.IsRedelivery) : message.Said;
    }

    /// <summary>Keeps what was learnt and a restart needs; before the cursor is committed.</summary>
    public void Save() => _sparkplug.Save();

    /// <summary>Remembers a message that was decoded before a restart, so that its redelivery is recognised.</summary>
    public void Recall(in JournalRecord message) => _duplicates.Remember(DuplicateFilter.PrintOf(message));

    /// <summary>What the message says by itself.</summary>
    private MessageOutcome Read(in JournalRecord message, ReadingBatch batch, out bool isBound)
    {
        TopicBinding topic = _topics.Find(message.Topic);
        isBound = topic.Fault == QuarantineReason.None;
        if (!isBound)
        {
            return new MessageOutcome(topic.Source.Name, Outcome.Quarantined, topic.Fault, topic.FaultDetail);
        }

        _sink.Begin(batch, Plant, message.ReceiveTime);
        topic.Decoder.Decode(topic, message, _sink);
        return _sink.Reason == QuarantineReason.None
            ? new MessageOutcome(topic.Source.Name, Outcome.Stored)
            : new MessageOutcome(topic.Source.Name, Outcome.Quarantined, _sink.Reason, _sink.Detail);
    }

    /// <summary>What becomes of it, given the messages before it.</summary>
    private MessageOutcome Judge(in MessageOutcome said, ReadingBatch batch, int first, DateTime receiveTime, bool isKnown, bool isRedelivery)
    {
        if (isKnown && (isRedelivery || HasDeviceTimes(batch, first)))
        {
            batch.Truncate(first);
            return new MessageOutcome(said.Source, Outcome.Duplicate);
        }

        if (batch.Count > first)
        {
            _clocks?.Observe(batch, first, receiveTime);
        }

        _deadband?.Thin(batch, first);
        return said;
    }

    private static bool HasDeviceTimes(ReadingBatch batch, int first)
    {
        for (int i = first; i < batch.Count; i++)
        {
            if ((batch[i].Flags & ReadingFlags.ReceiveTimeUsed) != 0)
            {
                return false;
            }
        }

        return batch.Count > first;
    }
}
