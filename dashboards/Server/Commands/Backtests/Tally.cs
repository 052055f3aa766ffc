using System.Globalization;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>What files came to.</summary>
/// <param name="Rows">Rows judged.</param>
/// <param name="Alarms">Alarms that began.</param>
/// <param name="OddRows">Rows from the first to the last of each anomaly.</param>
/// <param name="Faults">What was no reading in its place.</param>
internal readonly record struct Tally(long Rows, long Alarms, long OddRows, RowFaults Faults)
{
    /// <summary>Those of two files.</summary>
    public static Tally operator +(Tally left, Tally right) =>
        new(left.Rows + right.Rows, left.Alarms + right.Alarms, left.OddRows + right.OddRows, left.Faults + right.Faults);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Alarms} alarms, {100.0 * OddRows / Math.Max(1, Rows):F2} % of rows in an anomaly; {Faults}");
}
