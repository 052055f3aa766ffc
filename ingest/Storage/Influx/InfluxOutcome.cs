namespace Linewatch.Storage.Influx;

/// <summary>What the database said to a write it answered for good.</summary>
/// <param name="Refusal">Null = everything is stored; else its reason why something is not.</param>
internal readonly record struct InfluxOutcome(string? Refusal)
{
    /// <summary>Whether everything that was not stored is older than the retention: no need to look for single points.</summary>
    public bool IsBeyondRetention => Refusal?.Contains("beyond retention policy", StringComparison.Ordinal) == true;
}
