namespace Linewatch.Telemetry.Balance;

/// <summary>
/// What became of one source's messages received in one hour. Every message counts once:
/// Received = Stored + Duplicate + Quarantined for all that the consumer has passed; the rest are pending.
/// </summary>
/// <param name="Source">Name of the source; <c>unknown</c> for topics no source matches.</param>
/// <param name="Hour">UTC start of the hour of receive time.</param>
/// <param name="Stored">Messages whose readings are all stored.</param>
/// <param name="Duplicate">Messages received before.</param>
/// <param name="Quarantined">Messages kept with a reason now; what replay releases moves to Stored.</param>
/// <param name="Pending">Messages in the journal that are not yet decoded and stored.</param>
public readonly record struct BalanceRow(string Source, DateTime Hour, long Stored, long Duplicate, long Quarantined, long Pending = 0)
{
    /// <summary>Messages received.</summary>
    public long Received => Stored + Duplicate + Quarantined + Pending;

    /// <summary>Puts what is counted and what waits (<see cref="Consuming.JournalConsumer.Pending"/>) together, by hour and source.</summary>
    public static IReadOnlyList<BalanceRow> Together(IEnumerable<BalanceRow> counted, IEnumerable<BalanceRow> pending) =>
    [
        .. counted.Concat(pending)
            .GroupBy(row => (row.Source, row.Hour))
            .Select(same => new BalanceRow(same.Key.Source, same.Key.Hour, same.Sum(row => row.Stored), same.Sum(row => row.Duplicate), same.Sum(row => row.Quarantined), same.Sum(row => row.Pending)))
            .OrderBy(row => row.Hour).ThenBy(row => row.Source, StringComparer.Ordinal),
    ];
}

/// <summary>The balance of everything since the journal was created.</summary>
/// <param name="Received">Messages the journal has ever made safe.</param>
/// <param name="Stored">Messages whose readings are all stored.</param>
/// <param name="Duplicate">Messages received before.</param>
/// <param name="Quarantined">Messages kept with a reason.</param>
/// <param name="Damaged">Messages whose record on disk was damaged; counted by the gap they leave.</param>
/// <param name="Pending">Messages not yet decoded and stored.</param>
/// <param name="QuarantineDropped">Of the quarantined, those whose raw message the quarantine's size limit has already dropped.</param>
public readonly record struct BalanceTotals(long Received, long Stored, long Duplicate, long Quarantined, long Damaged, long Pending, long QuarantineDropped)
{
    /// <summary>What is unaccounted for; anything but 0 is a fault of Linewatch and raises an alert.</summary>
    public long Difference => Received - Stored - Duplicate - Quarantined - Damaged - Pending;
}
