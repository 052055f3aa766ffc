namespace Linewatch.Analytics.Anomalies;

/// <summary>The judgement of one row of aligned signals.</summary>
/// <param name="IsAlarm">Whether an anomaly lasts in this row.</param>
/// <param name="Score">How far the row is from normal; 1 = the limit.</param>
/// <param name="Alone">How strange the row is by itself, without those before it that the score smooths over, in any unit; NaN where that is not known.</param>
public readonly record struct RowVerdict(bool IsAlarm, double Score, double Alone = double.NaN);
