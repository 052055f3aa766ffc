namespace Linewatch.Analytics.Prognosis;

/// <summary>What is known of a machine at one moment.</summary>
/// <param name="Numbers">Measurements; NaN where missing.</param>
/// <param name="Categories">Kinds, such as the machine's type; empty where missing.</param>
public sealed record FailureRow(double[] Numbers, string[] Categories);
