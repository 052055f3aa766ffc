namespace Linewatch.Storage.Transfer;

/// <summary>How far an export or import is.</summary>
/// <param name="Readings">Readings written or stored so far.</param>
/// <param name="Done">Share done, 0 to 1; null where the input does not tell its length.</param>
/// <param name="At">Where it is: a signal's path, or a line number.</param>
public readonly record struct TransferProgress(long Readings, double? Done, string At);

/// <summary>What an import did.</summary>
/// <param name="Stored">Readings that are stored now.</param>
/// <param name="Faults">Number of rows that could not be read or stored.</param>
/// <param name="FirstFaults">The first hundred of them: line number, what was found, what is allowed.</param>
public sealed record ImportResult(long Stored, long Faults, IReadOnlyList<string> FirstFaults);
