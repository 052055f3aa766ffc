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
    private readonly ClockWatch _clocks;
    private readonly Deadband? _deadband;
    private readonly bool _thins;

    /// <summary>A decoder for a plant.</summary>
    /// <param name="plant">The plant.</param>
    /// <param name="sparkplugFolder">Where births are kept across restarts; null = nowhere.</param>
    /// <param name="rebirths">Where rebirths are asked for; null = they are not.</param>
    /// <param name="thins">Whether readings within their signal's deadband are left out.</param>
    /// <param name="clocks">What compares machines' clocks with receive time; null = one of its own.</param>
    public MessageDecoder(Plant plant, string? sparkplugFolder = null, RebirthRequests? rebirths = null, bool thins = false, ClockWatch? clocks = null)
        : this(plant, new DuplicateFilter(), new SparkplugMemory(sparkplugFolder, rebirths), clocks ?? new ClockWatch(), thins)
    {
    }

    private MessageDecoder(Plant plant, DuplicateFilter duplicates, SparkplugMemory sparkplug, ClockWatch clocks, bool thins)
    {
        _clocks = clocks;
        _deadband = thins && plant.Signals.Any(signal => signal.Deadband > 0) ? new Deadband(plant) : null;
        _thins = thins;
        Plant = plant;
        _duplicates = duplicates;
        _sparkplug = sparkplug;
        PlantSignals signals = new(plant);
        _topics = new TopicTable(plant, signals, source => Decoders.Create(source, signals, sparkplug));
    }

    /// <summary>The plant it decodes by.</summary>
    public Plant Plant { get; }

    /// <summary>The decoder for a changed plant; what was learnt from messages stays. This one must not be used any more.</summary>
    public MessageDecoder For(Plant plant) => new(plant, _duplicates, _sparkplug, _clocks, _thins);

    /// <summary>Decodes one message, adds its readings to the batch, and says what became of it.</summary>
    public MessageOutcome Decode(in JournalRecord message, ReadingBatch batch) =>
        Decode(message, batch, known: _duplicates.Remember(message), isLive: true);

    /// <summary>Decodes a message out of quarantine, which of course was received before.</summary>
    public MessageOutcome Replay(in JournalRecord message, ReadingBatch batch) => Decode(message, batch, known: false, isLive: false);

    private MessageOutcome Decode(in JournalRecord message, ReadingBatch batch, bool known, bool isLive)
    {
        TopicBinding topic = _topics.Find(message.Topic);
        if (topic.Fault != QuarantineReason.None)
        {
            return new MessageOutcome(topic.Source.Name, Outcome.Quarantined, topic.Fault, topic.FaultDetail);
        }

        int first = batch.Count;
        _sink.Begin(batch, Plant, message.ReceiveTime);
        topic.Decoder.Decode(topic, message, _sink);
        if (known && (message.Duplicate || HasDeviceTimes(batch, first)))
        {
            batch.Truncate(first);
            return new MessageOutcome(topic.Source.Name, Outcome.Duplicate);
        }

        if (isLive && batch.Count > first)
        {
            _clocks.Observe(batch, first, message.ReceiveTime);
        }

        if (_deadband is { } deadband)
        {
            batch.Thin(first, deadband);
        }

        return _sink.Reason == QuarantineReason.None
            ? new MessageOutcome(topic.Source.Name, Outcome.Stored)
            : new MessageOutcome(topic.Source.Name, Outcome.Quarantined, _sink.Reason, _sink.Detail);
    }

    /// <summary>Keeps what was learnt and a restart needs; before the cursor is committed.</summary>
    public void Save() => _sparkplug.Save();

    /// <summary>Remembers a message that was decoded before a restart, so that its redelivery is recognised.</summary>
    public void Recall(in JournalRecord message) => _duplicates.Remember(message);

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
