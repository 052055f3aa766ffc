namespace Linewatch.Analytics.Anomalies;

/// <summary>One anomaly from its first row in alarm to its last, with what drove it.</summary>
/// <param name="Start">Event time of the first row in alarm.</param>
/// <param name="End">Event time of the last row in alarm so far.</param>
/// <param name="Severity">Largest score in it; 1 = the limit.</param>
/// <param name="Drivers">Signals with their mean share, the largest first; shares sum to 1.</param>
/// <param name="DetectorVersion">Version of the detector that found it.</param>
public sealed record AnomalyEpisode(
    DateTime Start,
    DateTime End,
    double Severity,
    IReadOnlyList<(string Signal, double Share)> Drivers,
    string DetectorVersion);
