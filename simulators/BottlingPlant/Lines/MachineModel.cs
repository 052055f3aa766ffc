using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Signals;

namespace Linewatch.BottlingPlant.Lines;

/// <summary>A kind of machine: speed, faults, signals and the ways it wears.</summary>
internal sealed record MachineModel
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>Highest speed relative to the critical machine: its place on the V-graph.</summary>
    public required double SpeedFactor { get; init; }

    /// <summary>Which codes it publishes.</summary>
    public StateCodes Codes { get; init; } = StateCodes.PackML;

    public double RatedKilowatt { get; init; }

    /// <summary>Random stops, by running time.</summary>
    public IReadOnlyList<FaultKind> Faults { get; init; } = [];

    /// <summary>Process signals.</summary>
    public IReadOnlyList<SignalModel> Signals { get; init; } = [];

    /// <summary>Quantities measured at each of many like components.</summary>
    public IReadOnlyList<ComponentSeriesModel> Series { get; init; } = [];

    /// <summary>Cumulative meters.</summary>
    public IReadOnlyList<MeterModel> Meters { get; init; } = [];

    /// <summary>Gradual failures with their signatures.</summary>
    public IReadOnlyList<FailureMode> Failures { get; init; } = [];

    /// <summary>Share of bottles rejected when all is well.</summary>
    public double RejectProbability { get; init; }

    /// <summary>Where the machine's counters continue at 0.</summary>
    public long CounterMaximum { get; init; } = int.MaxValue;

    /// <summary>Whether the counters start again at 0 with each order.</summary>
    public bool CountersResetWithOrder { get; init; }

    /// <summary>What the total counter shows when the simulation begins.</summary>
    public long CounterStart { get; init; }

    /// <summary>Components whose wear a signal shows, each with the failure mode that it is.</summary>
    public IEnumerable<(string Component, FailureMode Mode)> WearingComponents()
    {
        foreach (FailureMode mode in Failures)
        {
            string shown = mode.Effects[0].Signal;
            if (Signals.FirstOrDefault(signal => signal.Id == shown)?.Wear is { } wear)
            {
                yield return (wear.Component, mode);
            }
            else if (Series.FirstOrDefault(series => series.Id == shown) is { Wear: { } each } like)
            {
                for (int component = 1; component <= like.Count; component++)
                {
                    yield return ($"{each.Component} {component}", mode);
                }
            }
        }
    }

    /// <summary>Standard deviation of a signal or series.</summary>
    public double NoiseOf(string signal) =>
        Signals.FirstOrDefault(model => model.Id == signal)?.Noise ?? Series.First(model => model.Id == signal).Noise;
}

/// <summary>A random stop of a machine for a reason of its own.</summary>
/// <param name="Code">Fault code as published.</param>
/// <param name="Name">For people.</param>
/// <param name="Reason">Branch of the reason tree: mechanical, process, material, electrical …</param>
/// <param name="MeanRunMinutes">Mean running time between two of them; exponential.</param>
/// <param name="MedianSeconds">Median length; log-normal.</param>
/// <param name="Sigma">Standard deviation of the logarithm of the length.</param>
/// <param name="Condition">Own failure, or lack of a branch line's material.</param>
internal sealed record FaultKind(
    int Code, string Name, string Reason, double MeanRunMinutes, double MedianSeconds, double Sigma, Condition Condition = Condition.OwnFailure);

/// <summary>The codes a machine publishes.</summary>
internal enum StateCodes
{
    PackML,
    Weihenstephan,
}
