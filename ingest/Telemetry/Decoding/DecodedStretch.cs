using System.Runtime.InteropServices;
using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>What one message says by itself, whatever came before it.</summary>
/// <param name="Position">Its journal position.</param>
/// <param name="Ordinal">Its number.</param>
/// <param name="ReceiveTime">When it was received, UTC.</param>
/// <param name="Print">What <see cref="DuplicateFilter"/> remembers it by.</param>
/// <param name="IsRedelivery">Whether its sender marked it as a possible redelivery.</param>
/// <param name="IsBound">Whether its topic means something to the plant.</param>
/// <param name="Said">Stored or quarantined, as far as it can be told from the message.</param>
/// <param name="FirstReading">Index of its first reading in the stretch.</param>
internal readonly record struct DecodedMessage(
    long Position, long Ordinal, DateTime ReceiveTime, ulong Print, bool IsRedelivery, bool IsBound, MessageOutcome Said, int FirstReading);

/// <summary>A stretch of the journal, decoded by a plant. Filled by one thread, then read by any number.</summary>
/// <param name="plant">The plant.</param>
/// <param name="readings">Readings to make room for at first.</param>
internal sealed class DecodedStretch(Plant plant, int readings)
{
    private readonly List<DecodedMessage> _messages = [];

    /// <summary>The plant it was decoded by.</summary>
    public Plant Plant => Readings.Plant;

    /// <summary>Journal position where it begins.</summary>
    public long From { get; private set; }

    /// <summary>Journal position behind it.</summary>
    public long Through { get; set; }

    public ReadOnlySpan<DecodedMessage> Messages => CollectionsMarshal.AsSpan(_messages);

    /// <summary>The readings of all its messages.</summary>
    public ReadingBatch Readings { get; } = new(readings) { Plant = plant };

    /// <summary>How much memory it takes, in places for readings.</summary>
    public int Places => Readings.Capacity + _messages.Capacity;

    /// <summary>Consumers that are at it now; <see cref="DecodedStretches"/> counts them.</summary>
    public int Users { get; set; }

    /// <summary>Whether others can find it.</summary>
    public bool IsKept { get; set; }

    public void Add(in DecodedMessage message) => _messages.Add(message);

    public ReadOnlySpan<Reading> ReadingsOf(int index)
    {
        int first = _messages[index].FirstReading;
        int end = index + 1 < _messages.Count ? _messages[index + 1].FirstReading : Readings.Count;
        return Readings.Readings.Span[first..end];
    }

    /// <summary>Empties it for another stretch.</summary>
    public void Begin(Plant by, long from)
    {
        _messages.Clear();
        Readings.Clear();
        Readings.Plant = by;
        From = Through = from;
    }
}
