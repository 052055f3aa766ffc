namespace Linewatch.Analytics.Oee;

/// <summary>What a person changed about stops of one machine. Edits are kept beside the records and applied to every recomputation.</summary>
/// <param name="Machine">Machine id.</param>
/// <param name="Kind">What is changed.</param>
/// <param name="From">
/// Start of the stop or stops meant, UTC. A recomputation may move them a little: the stop that shares most of
/// [From, To) is meant.
/// </param>
/// <param name="To">Their end, UTC; for <see cref="StopEditKind.Split"/> too.</param>
/// <param name="At">Where to split, UTC, strictly inside the stop; null for the other kinds.</param>
/// <param name="Reason">New reason id of the plant's tree; null keeps it.</param>
/// <param name="Category">New category; null keeps it. Running time and no data cannot be made of a stop.</param>
/// <param name="CauseMachine">New cause; null keeps it.</param>
/// <param name="Comment">New comment; null keeps it.</param>
public sealed record StopEdit(
    string Machine,
    StopEditKind Kind,
    DateTime From,
    DateTime To,
    DateTime? At = null,
    string? Reason = null,
    LossCategory? Category = null,
    string? CauseMachine = null,
    string? Comment = null)
{
    /// <summary>Why the edit makes no sense by itself; null when it does.</summary>
    public string? Fault() => this switch
    {
        { From: var from, To: var to } when to <= from => $"the stop ends {to:u}, at or before its start {from:u}",
        { Kind: StopEditKind.Split, At: null } => "a split needs the instant at which to split",
        { Kind: StopEditKind.Split, At: { } at, From: var from, To: var to } when at <= from || at >= to => $"{at:u} is not inside the stop from {from:u} to {to:u}",
        { Category: LossCategory.Run or LossCategory.NoData or LossCategory.NotScheduled } => $"a stop cannot be made {Category}",
        _ => null,
    };
}

/// <summary>What is changed about a stop.</summary>
public enum StopEditKind
{
    /// <summary>Reason, category, cause or comment.</summary>
    Recode,

    /// <summary>One stop becomes two.</summary>
    Split,

    /// <summary>Stops that touch become one, of the first one's bucket, cause and reason.</summary>
    Merge,
}
