namespace Linewatch.Analytics.Anomalies.Training;

/// <summary>A stretch of the past in which an alert stood, and what was said about it.</summary>
/// <param name="Signal">Id of the signal within its machine; null = the whole machine.</param>
/// <param name="From">Begin, UTC.</param>
/// <param name="To">End, UTC.</param>
/// <param name="Verdict">What people said; null = nothing, so that nobody knows whether there was a fault.</param>
public sealed record JudgedSpan(string? Signal, DateTime From, DateTime To, Judgement? Verdict)
{
    /// <summary>An alarm may come somewhat before the one that was judged.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(2);

    /// <summary>Whether it speaks of a signal, or for null of anything about the machine, at a time.</summary>
    public bool Covers(string? signal, DateTime eventTime) => (Signal is null || signal is null || Signal == signal) && eventTime >= From - Before && eventTime <= To;
}
