namespace Linewatch.Analytics.Planning;

/// <summary>A span of a line in which maintenance can be done.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Kind">Why the line stands.</param>
/// <param name="Start">UTC start, inclusive.</param>
/// <param name="End">UTC end, exclusive.</param>
public sealed record MaintenanceOpportunity(string Line, OpportunityKind Kind, DateTime Start, DateTime End);

/// <summary>Why a line stands.</summary>
public enum OpportunityKind
{
    /// <summary>Planned maintenance.</summary>
    Maintenance,

    /// <summary>Planned cleaning (CIP, SIP).</summary>
    Cleaning,

    /// <summary>A day off.</summary>
    Off,

    /// <summary>No shift is planned.</summary>
    NotScheduled,

    /// <summary>Changeover to another product.</summary>
    Changeover,

    /// <summary>A break of the shift.</summary>
    Break,

    /// <summary>It does not: production is stopped for the job, which pays for it.</summary>
    ExtraStop,
}
