namespace Linewatch.Plants;

/// <summary>
/// Where the OEE time model puts a machine's time. The order of the members is not a priority;
/// <c>domain.md</c> §2.4 is the mapping evaluated top-down by the OEE engine.
/// </summary>
public enum Bucket
{
    /// <summary>Comms lost, code undefined or unknown: not a stop.</summary>
    NoData,

    /// <summary>No shift is planned.</summary>
    NotScheduled,

    /// <summary>Break, planned maintenance or planned cleaning.</summary>
    PlannedDown,

    /// <summary>Producing, at whatever speed.</summary>
    Run,

    /// <summary>Changeover, set-up and adjustment.</summary>
    SetUp,

    /// <summary>The machine's own failure (Held, Aborted, Equipment failure, Emergency stop).</summary>
    OwnFailure,

    /// <summary>A failure outside the machine: utilities, other systems.</summary>
    ExternalFailure,

    /// <summary>Nothing arrives (starved).</summary>
    Lack,

    /// <summary>Nothing can leave (blocked).</summary>
    Tailback,

    /// <summary>Material of a branch line (caps, labels, cartons) is missing.</summary>
    LackBranchLine,

    /// <summary>A branch line cannot take what the machine gives.</summary>
    TailbackBranchLine,

    /// <summary>Stopped, idle or prepared within planned time: waits for an operator.</summary>
    Waiting,

    /// <summary>Maintenance or cleaning outside a planned window, manual mode.</summary>
    UnplannedMaintenance,
}

/// <summary>Translates the codes that a machine publishes. Immutable; lookups allocate nothing.</summary>
public sealed class StateMap
{
    /// <summary>Name of the standard it came from (<c>packml</c>, <c>weihenstephan</c>) or <c>own</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// State code → bucket. A code that is absent is <see cref="Bucket.NoData"/> and is shown as unknown.
    /// A null bucket marks an acting transition (Starting, Stopping, Clearing …), which inherits the bucket of the
    /// wait state before it.
    /// </summary>
    public required IReadOnlyDictionary<int, Bucket?> States { get; init; }

    /// <summary>Names of the state codes for people, for instance 6 → "Execute".</summary>
    public required IReadOnlyDictionary<int, string> StateNames { get; init; }

    /// <summary>Mode code → bucket that overrides the state (Maintenance, Manual); absent = the state decides.</summary>
    public IReadOnlyDictionary<int, Bucket> Modes { get; init; } = new Dictionary<int, Bucket>();

    /// <summary>Programme code → bucket that overrides the state (Clean, Changeover, Break, Maintenance); absent = the state decides.</summary>
    public IReadOnlyDictionary<int, Bucket> Programs { get; init; } = new Dictionary<int, Bucket>();

    /// <summary>Programme code → phase in which the machine runs, but is neither watched nor learned; absent = it runs steadily.</summary>
    public IReadOnlyDictionary<int, ProgramPhase> Phases { get; init; } = new Dictionary<int, ProgramPhase>();
}
