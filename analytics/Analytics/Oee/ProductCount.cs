namespace Linewatch.Analytics.Oee;

/// <summary>What was made of one product in a window.</summary>
/// <param name="Product">Product id as reported; empty = none was reported and the line assumes none.</param>
/// <param name="IdealSecondsPerUnit">PRI, the planned run time per unit in seconds; null = the plant has no ideal rate for it.</param>
/// <param name="Total">PQ: units through the critical machine.</param>
/// <param name="Good">GQ: good units at the counting machine.</param>
/// <param name="Reject">Units rejected from the critical to the counting machine, both included.</param>
/// <param name="StartUpReject">Those of <paramref name="Reject"/> shortly after a changeover.</param>
public sealed record ProductCount(string Product, double? IdealSecondsPerUnit, long Total, long Good, long Reject, long StartUpReject)
{
    /// <summary>Σ of two windows of the same product at the same ideal rate.</summary>
    public ProductCount Plus(ProductCount other) => this with
    {
        Total = Total + other.Total,
        Good = Good + other.Good,
        Reject = Reject + other.Reject,
        StartUpReject = StartUpReject + other.StartUpReject,
    };
}
