namespace Linewatch.Analytics.Prognosis;

/// <summary>What a machine's signals said from new on, cycle by cycle.</summary>
/// <param name="Unit">Number of the machine, or of its life where one machine has lived several.</param>
/// <param name="Cycles">Oldest first; each a row of signals, all rows of all runs in the same order and length.</param>
public sealed record MachineRun(int Unit, IReadOnlyList<double[]> Cycles);
