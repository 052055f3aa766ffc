using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>One shift of one line: base quantities, what follows from them, and what happened. Immutable.</summary>
public sealed class ShiftRecord
{
    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Name of the shift; with <see cref="Day"/> and <see cref="Line"/> the record's identity.</summary>
    public required string Shift { get; init; }

    /// <summary>Local calendar day on which the shift starts.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>UTC start, inclusive.</summary>
    public required DateTime Start { get; init; }

    /// <summary>UTC end, exclusive.</summary>
    public required DateTime End { get; init; }

    /// <summary>The micro-stop threshold the losses were split with.</summary>
    public required TimeSpan MicroStop { get; init; }

    /// <summary>Times and counts.</summary>
    public required Quantities Quantities { get; init; }

    /// <summary>What the critical machine did; the intervals tile [Start, End) exactly.</summary>
    public required IReadOnlyList<TimelineInterval> Timeline { get; init; }

    /// <summary>Stops of every machine, by start. Those of the critical machine hold the line's lost time.</summary>
    public required IReadOnlyList<Stop> Stops { get; init; }

    /// <summary>How each machine spent the shift on its own time axis, in flow order.</summary>
    public required IReadOnlyList<MachineTimes> Machines { get; init; }

    /// <summary>The shift by order and product, in order of time; the runs tile it and their quantities sum to it.</summary>
    public IReadOnlyList<OrderRun> Runs { get; init; } = [];

    /// <summary>Print of the plan it was computed with (<see cref="PlanPrint"/>); null = none was noted.</summary>
    public string? Plan { get; init; }

    /// <summary>Counter increases that were refused as impossible.</summary>
    public int RefusedCounts { get; init; }

    /// <summary>Ratios of <see cref="Quantities"/>.</summary>
    public OeeFigures Figures => OeeFigures.Of(Quantities);

    /// <summary>Losses of <see cref="Quantities"/>.</summary>
    public LossTree Losses => LossTree.Of(Quantities);

    /// <summary>Whether another computation of the same shift came to the same content.</summary>
    public bool SameAs(ShiftRecord other) =>
        Line == other.Line && Start == other.Start && End == other.End && MicroStop == other.MicroStop
        && Enum.GetValues<LossCategory>().All(category => Quantities[category] == other.Quantities[category])
        && Quantities.IsCounted == other.Quantities.IsCounted
        && Quantities.Products.SequenceEqual(other.Quantities.Products)
        && Timeline.SequenceEqual(other.Timeline)
        && Stops.SequenceEqual(other.Stops)
        && Machines.SequenceEqual(other.Machines)
        && Runs.SequenceEqual(other.Runs);
}

/// <summary>A stretch [Start, End) of the critical machine's time.</summary>
/// <param name="Start">UTC, inclusive.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="Bucket">Where the machine's state puts it.</param>
/// <param name="Category">What it counts as.</param>
/// <param name="CauseMachine">The machine that caused it when it is a stop; null = running, unattributed or no stop.</param>
/// <param name="FaultCode">First fault of the stop at the machine that caused it; 0 = none.</param>
/// <param name="Reason">Id in the plant's reason tree; null = unexplained or no stop.</param>
public sealed record TimelineInterval(
    DateTime Start, DateTime End, Bucket Bucket, LossCategory Category, string? CauseMachine, int FaultCode, string? Reason);

/// <summary>A stop [Start, End) of one machine, as far as it lies in the shift and in planned busy time.</summary>
/// <param name="Machine">The machine that stood.</param>
/// <param name="Start">UTC, inclusive.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="Bucket">What it stood for.</param>
/// <param name="Category">What it counts as; by the whole stop's length, which a shift boundary does not cut.</param>
/// <param name="FaultCode">First fault of the stop, latched at stop entry; 0 = none.</param>
/// <param name="Reason">Id in the plant's reason tree that the fault code selects; null = unexplained.</param>
/// <param name="CauseMachine">The machine at the root of it; null = unattributed.</param>
/// <param name="Lost">Time lost at the critical machine for it: the stop itself there, elsewhere the lack and tailback it caused.</param>
/// <param name="Continues">Whether the stop began before <paramref name="Start"/>, in the shift before.</param>
public sealed record Stop(
    string Machine,
    DateTime Start,
    DateTime End,
    Bucket Bucket,
    LossCategory Category,
    int FaultCode,
    string? Reason,
    string? CauseMachine,
    TimeSpan Lost,
    bool Continues)
{
    /// <summary>What people wrote to it; null = nothing.</summary>
    public string? Comment { get; init; }

    /// <summary>Identity of a stop on its line.</summary>
    public string Id => $"{Machine}@{Start:yyyyMMdd'T'HHmmss.fff}Z";
}

/// <summary>How one machine spent a window of planned busy time. Σ over machines says nothing about the line.</summary>
/// <param name="Machine">Machine id.</param>
/// <param name="Run">Producing.</param>
/// <param name="OwnFailure">Own failures of any length.</param>
/// <param name="Failures">How many own failures began in the window.</param>
/// <param name="Lack">Starved, also from a branch line.</param>
/// <param name="Tailback">Blocked, also by a branch line.</param>
/// <param name="Other">Every other standing: set-up, external, waiting, maintenance.</param>
/// <param name="NoData">Nothing known.</param>
/// <param name="Total">Units processed; null = the machine does not count.</param>
/// <param name="Reject">Units rejected; null = the machine does not count them.</param>
public sealed record MachineTimes(
    string Machine,
    TimeSpan Run,
    TimeSpan OwnFailure,
    int Failures,
    TimeSpan Lack,
    TimeSpan Tailback,
    TimeSpan Other,
    TimeSpan NoData,
    long? Total,
    long? Reject)
{
    /// <summary>
    /// Longest stretch in which it was neither starved, blocked nor without planned work: the machine with the longest is
    /// the bottleneck by the active-period method.
    /// </summary>
    public TimeSpan LongestActive { get; init; }
}
