using Linewatch.Plants;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Balance;

/// <summary>Counts, by source and hour, the messages that lie in the journal behind a consumer's cursor.</summary>
internal static class PendingMessages
{
    /// <summary>Name of the row for messages behind the limit, which are counted but not looked at.</summary>
    public const string NotLookedAt = "pending";

    private const int ReadBytes = 1 << 20;

    /// <summary>Looks at the topics of up to <paramref name="limit"/> messages; the others are in one row of their own.</summary>
    public static IReadOnlyList<BalanceRow> Count(Journal journal, long position, long ordinal, Plant plant, int limit)
    {
        long safeOrdinal = journal.SafeOrdinal;
        if (ordinal >= safeOrdinal)
        {
            return [];
        }

        PlantSignals signals = new(plant);
        TopicTable topics = new(plant, signals, _ => TopicTable.NoDecoder.Instance);
        Dictionary<(string Source, DateTime Hour), long> counts = [];
        DateTime last = default;
        using JournalReader reader = journal.OpenScan(position);
        reader.Seek(position);
        try
        {
            while (limit > 0 && ordinal < safeOrdinal && reader.TryLoad(ReadBytes))
            {
                while (limit-- > 0 && ordinal < safeOrdinal && reader.TryRead(out JournalRecord message))
                {
                    last = message.ReceiveTime;
                    (string, DateTime) key = (topics.Find(message.Topic).Source.Name, new DateTime(last.Ticks - (last.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc));
                    counts[key] = counts.GetValueOrDefault(key) + 1;
                    ordinal = message.Ordinal + 1;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The consumer passed the segment meanwhile and it was freed: what was counted is no longer pending.
            return [];
        }

        if (ordinal < safeOrdinal)
        {
            counts[(NotLookedAt, new DateTime(last.Ticks - (last.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc))] = safeOrdinal - ordinal;
        }

        return [.. counts.Select(count => new BalanceRow(count.Key.Source, count.Key.Hour, 0, 0, 0, count.Value))];
    }
}
