using System.Globalization;

namespace Linewatch.Server.Flow;

/// <summary>What drove an anomaly, and when the machine looked alike before: the same in the alert's words and in the kept point.</summary>
/// <param name="Drivers">Signals with their shares of it, the strongest first.</param>
/// <param name="Alike">Event times of past anomalies, UTC, the most alike first.</param>
internal sealed record AnomalyEvidence(IReadOnlyList<(string Signal, double Share)> Drivers, IReadOnlyList<DateTime> Alike)
{
    private const int DriversNamed = 4;

    /// <summary>The end of a sentence; empty where there is nothing to add.</summary>
    public string Words()
    {
        string driven = Drivers.Count < 2 ? "" : "; driven by " + string.Join(
            ", ", Drivers.Take(DriversNamed).Select(driver => string.Create(CultureInfo.InvariantCulture, $"{driver.Signal} {100 * driver.Share:F0} %")));
        return Alike.Count == 0 ? driven
            : driven + "; looked alike: " + string.Join(", ", Alike.Select(at => at.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture)));
    }

    /// <summary>Adds the fields <c>drivers</c>, <c>shares</c> and <c>alike</c>.</summary>
    public void AddTo(Dictionary<string, object> fields)
    {
        fields["drivers"] = string.Join(' ', Drivers.Select(driver => driver.Signal));
        fields["shares"] = string.Join(' ', Drivers.Select(driver => driver.Share.ToString("F2", CultureInfo.InvariantCulture)));
        fields["alike"] = string.Join(' ', Alike.Select(at => at.ToString("O", CultureInfo.InvariantCulture)));
    }
}
