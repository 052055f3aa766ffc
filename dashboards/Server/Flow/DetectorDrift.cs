namespace Linewatch.Server.Flow;

/// <summary>How the scores of what watches a signal, or the signals of a machine together, are distributed beside its training.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Signal">Signal id; null for the signals of the machine together.</param>
/// <param name="Name">The signal's name, or the machine's.</param>
/// <param name="Drift">Population stability index of the errors of late against those of training.</param>
/// <param name="Distance">Largest distance of the p-values from uniform, 0 to 1.</param>
/// <param name="IsDrifting">Whether the index is above the limit.</param>
internal sealed record DetectorDrift(string Line, string Machine, string? Signal, string Name, double Drift, double Distance, bool IsDrifting);
