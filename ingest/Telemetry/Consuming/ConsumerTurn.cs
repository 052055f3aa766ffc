using Linewatch.Plants;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Consuming;

/// <summary>What a consumer reads, hands over and commits at once. Reused. Not thread-safe.</summary>
internal sealed class ConsumerTurn(Plant plant, BatchTally? tally)
{
    /// <summary>The readings.</summary>
    public ReadingBatch Batch { get; } = new() { Plant = plant };

    /// <summary>What became of the messages; null where nobody accounts for them.</summary>
    public BatchTally? Tally => tally;

    /// <summary>Ordinal behind its last message.</summary>
    public long NextOrdinal { get; private set; }

    /// <summary>Whether there is anything to hand over or commit.</summary>
    public bool IsEmpty => Batch.Messages == 0;

    /// <summary>Empties it for what comes next.</summary>
    /// <param name="by">The plant that messages are decoded by.</param>
    /// <param name="position">Journal position of the next message.</param>
    /// <param name="ordinal">Its ordinal, unless records before it are damaged.</param>
    public void Begin(Plant by, long position, long ordinal)
    {
        Batch.Clear();
        Batch.Plant = by;
        Batch.From = position;
        tally?.Begin(ordinal);
        NextOrdinal = ordinal;
    }

    /// <summary>Closes a message, whose readings are those in the batch from an index on.</summary>
    public void EndMessage(in DecodedMessage message, in MessageOutcome outcome, int firstReading)
    {
        Batch.EndMessage(message.Position, message.ReceiveTime, outcome.Source, outcome.Outcome, firstReading);
        tally?.Count(outcome.Source, message.ReceiveTime, message.Ordinal, outcome.Outcome);
        NextOrdinal = message.Ordinal + 1;
    }
}
