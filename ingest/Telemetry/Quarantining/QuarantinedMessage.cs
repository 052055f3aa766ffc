using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Quarantining;

/// <summary>A message that could not be used, as it was received, with the reason.</summary>
/// <param name="Id">Its journal position; identifies it for ever.</param>
/// <param name="ReceiveTime">When it was received, UTC.</param>
/// <param name="Source">The source it belongs to; <c>unknown</c> when none matches its topic.</param>
/// <param name="Reason">Why it is here.</param>
/// <param name="Detail">What exactly was found.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Payload">Its payload, unchanged.</param>
public sealed record QuarantinedMessage(
    long Id, DateTime ReceiveTime, string Source, QuarantineReason Reason, string Detail, string Topic, ReadOnlyMemory<byte> Payload);

/// <summary>Quarantined messages of one source, reason and topic.</summary>
/// <param name="Source">The source they belong to.</param>
/// <param name="Reason">Why they are here.</param>
/// <param name="Topic">Their topic.</param>
/// <param name="Count">How many are kept.</param>
/// <param name="First">Receive time of the first kept, UTC.</param>
/// <param name="Last">Receive time of the last, UTC.</param>
/// <param name="Detail">What was found in the last.</param>
public sealed record QuarantineGroup(string Source, QuarantineReason Reason, string Topic, long Count, DateTime First, DateTime Last, string Detail);

/// <summary>Which quarantined messages are meant; a null condition holds for all.</summary>
/// <param name="Source">Name of the source.</param>
/// <param name="Reason">Why they are in quarantine.</param>
/// <param name="Topic">Exact topic.</param>
/// <param name="From">Receive time at or after, UTC.</param>
/// <param name="To">Receive time before, UTC.</param>
/// <param name="After">Id above; for going on where an earlier list ended.</param>
public sealed record QuarantineFilter(
    string? Source = null, QuarantineReason? Reason = null, string? Topic = null, DateTime? From = null, DateTime? To = null, long? After = null)
{
    internal bool Matches(QuarantinedMessage message) =>
        (Source is null || Source == message.Source)
        && (Reason is null || Reason == message.Reason)
        && (Topic is null || Topic == message.Topic)
        && (From is null || message.ReceiveTime >= From)
        && (To is null || message.ReceiveTime < To)
        && (After is null || message.Id > After);
}
