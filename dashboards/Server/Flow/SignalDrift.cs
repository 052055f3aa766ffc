namespace Linewatch.Server.Flow;

/// <summary>How the scores of a signal are distributed beside its training.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Signal">Signal id.</param>
/// <param name="Name">The signal's name.</param>
/// <param name="Drift">Population stability index of the errors of late against those of training.</param>
/// <param name="Distance">Largest distance of the p-values from uniform, 0 to 1.</param>
/// <param name="IsDrifting">Whether the index is above the limit.</param>
internal sealed record SignalDrift(string Line, string Machine, string Signal, string Name, double Drift, double Distance, bool IsDrifting);
