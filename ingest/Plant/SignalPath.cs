namespace Linewatch.Plants;

/// <summary>
/// Where a signal lives in the ISA-95 hierarchy: site / area / line / machine / signal.
/// Each part is an identifier of lower-case letters, digits, <c>_</c>, <c>-</c> and <c>.</c>; comparison is ordinal.
/// </summary>
public readonly record struct SignalPath(string Site, string Area, string Line, string Machine, string Signal)
{
    /// <summary>The path with <c>/</c> between its parts; the signal's stable name everywhere (API, store, journal of jobs).</summary>
    public override string ToString() => $"{Site}/{Area}/{Line}/{Machine}/{Signal}";
}
