namespace Linewatch.Telemetry.Consuming;

/// <summary>How a consumer of the journal is doing.</summary>
/// <param name="Name">Name of the consumer and of its cursor.</param>
/// <param name="Position">Journal position up to which everything is handled.</param>
/// <param name="PendingMessages">Messages behind that position.</param>
/// <param name="PendingBytes">Bytes behind that position.</param>
/// <param name="HandledMessages">Messages handled since the start of the process.</param>
/// <param name="HandledReadings">Readings handled since the start of the process.</param>
/// <param name="LastReceiveTime">Receive time of the last message handled, UTC; null before the first.</param>
/// <param name="Failure">Why the handler fails now; null while it does not. It is tried again for ever.</param>
/// <param name="FailingSince">Since when it fails, UTC.</param>
public sealed record ConsumerStatus(
    string Name,
    long Position,
    long PendingMessages,
    long PendingBytes,
    long HandledMessages,
    long HandledReadings,
    DateTime? LastReceiveTime,
    string? Failure,
    DateTime? FailingSince)
{
    /// <summary>Further behind than this it works off a backlog.</summary>
    private static readonly TimeSpan LiveWithin = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time up to which everything received is handled: now, or, where messages wait, when the last one handled was
    /// received. In a steady stream some always wait, so their number does not tell whether it keeps up. Null while it works
    /// off a backlog.
    /// </summary>
    /// <param name="now">The clock's time, UTC, taken before the status was.</param>
    public DateTime? LiveThrough(DateTime now) => PendingMessages == 0 ? now
        : LastReceiveTime is { } last && now - last <= LiveWithin ? last
        : null;
}
