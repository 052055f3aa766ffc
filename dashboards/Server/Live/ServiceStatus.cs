using System.Collections.Concurrent;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Server.Live;

/// <summary>
/// How each part of this process is doing: the journal and its consumers ask for themselves, everything else (the
/// broker, a connection) reports here. Thread-safe.
/// </summary>
public sealed class ServiceStatus(Journal journal, IEnumerable<JournalConsumer> consumers)
{
    private readonly ConcurrentDictionary<string, PartStatus> _reported = new(StringComparer.Ordinal);

    /// <summary>Says how a part is doing, until the next report.</summary>
    /// <param name="part">For instance "broker".</param>
    /// <param name="isOk">Whether it does its work.</param>
    /// <param name="detail">One sentence: where it is, or what is wrong and what happens next.</param>
    /// <param name="since">Since when, UTC; null = not known.</param>
    public void Report(string part, bool isOk, string detail, DateTime? since = null) =>
        _reported[part] = new PartStatus(part, isOk, detail, since);

    /// <summary>Every part: what was reported by name, then journal and consumers.</summary>
    public IReadOnlyList<PartStatus> All() =>
    [
        .. _reported.Values.OrderBy(part => part.Part, StringComparer.Ordinal),
        Journal(),
        .. consumers.Select(consumer => Consumer(consumer.Status)),
    ];

    private PartStatus Journal() => journal switch
    {
        { Failure: { } failure } => new PartStatus("journal", false, $"Cannot write: {failure.Message}. Nothing is acknowledged until it can.", null),
        { IsFull: true } => new PartStatus("journal", false, "Full: messages wait at the broker until the store has caught up.", null),
        _ => new PartStatus("journal", true, $"{journal.BytesOnDisk / 1048576.0:0.#} MiB on disk", null),
    };

    private static PartStatus Consumer(ConsumerStatus status) => status.Failure is { } failure
        ? new PartStatus(status.Name, false, $"{failure} It is tried again; {status.PendingMessages:#,0} messages wait in the journal.", status.FailingSince)
        : new PartStatus(status.Name, true, $"{status.PendingMessages:#,0} messages pending, {status.HandledReadings:#,0} readings since the start", null);
}

/// <summary>One part of the process: whether it does its work, one sentence, and since when (UTC).</summary>
public sealed record PartStatus(string Part, bool IsOk, string Detail, DateTime? Since);
