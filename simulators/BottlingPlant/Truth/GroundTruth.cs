using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Flow;

namespace Linewatch.BottlingPlant.Truth;

/// <summary>What really happened on one line, as far as the simulation has come.</summary>
internal sealed class GroundTruth
{
    /// <summary>Closed condition intervals of every machine, by end.</summary>
    public List<StateInterval> States { get; } = [];

    /// <summary>Closed stops: those of the critical machine of every kind, those of others for a reason of their own.</summary>
    public List<StopInterval> Stops { get; } = [];

    /// <summary>What passed in each complete shift.</summary>
    public List<ShiftCounts> Shifts { get; } = [];

    /// <summary>Every failure begun.</summary>
    public List<(Machine Machine, Failure Failure)> Failures { get; } = [];
}

/// <summary>A machine's condition for a while; times in ms of the simulation.</summary>
internal readonly record struct StateInterval(
    Machine Machine, long Start, long End, Condition Condition, int State, Programme Programme, int FaultCode, string Product);

/// <summary>A stop; <paramref name="Cause"/> is null when no single stop explains it.</summary>
internal readonly record struct StopInterval(
    Machine Machine, long Start, long End, Condition Condition, int FaultCode, StopCause? Cause);

/// <summary>Bottles of one shift.</summary>
internal sealed record ShiftCounts(
    Calendar.PlannedShift Shift, long Total, long Good, long Reject, double IdealSeconds, double IdealGoodSeconds);
