namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// What the line was doing when a reading was taken. Readings outside <see cref="Activity.Producing"/> are neither judged
/// nor learned; each product, programme and speed band has a baseline of its own.
/// </summary>
/// <param name="Activity">What the machine was doing.</param>
/// <param name="Product">The product being made; empty where it is not known.</param>
/// <param name="Programme">The programme the machine produces with; empty where it has none.</param>
/// <param name="SpeedBand">Third of the design rate it runs in, 1 to 3; 0 where speed or design rate is not known.</param>
/// <param name="Duty">What the machine has been doing, for monitors that explain a signal by it; null where nothing is known.</param>
public readonly record struct SignalContext(
    Activity Activity,
    string Product = "",
    string Programme = "",
    byte SpeedBand = 0,
    MachineDuty? Duty = null)
{
    /// <summary>A signal about which nothing but its values is known.</summary>
    public static SignalContext Always { get; } = new(Activity.Producing);

    /// <summary>Whether two readings share a baseline.</summary>
    public bool SharesBaselineWith(in SignalContext other) =>
        SpeedBand == other.SpeedBand
        && string.Equals(Product, other.Product, StringComparison.Ordinal)
        && string.Equals(Programme, other.Programme, StringComparison.Ordinal);
}
