using System.Globalization;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>What a recording held that is no reading in its place. Cells that are empty count nowhere: nothing was recorded.</summary>
/// <param name="Unread">Cells that hold something other than a number; judged as missing.</param>
/// <param name="OutOfOrder">Rows older than a row before them.</param>
/// <param name="Duplicates">Rows with the time of the newest row before them.</param>
internal readonly record struct RowFaults(long Unread, long OutOfOrder, long Duplicates)
{
    /// <summary>Those of two recordings.</summary>
    public static RowFaults operator +(RowFaults left, RowFaults right) =>
        new(left.Unread + right.Unread, left.OutOfOrder + right.OutOfOrder, left.Duplicates + right.Duplicates);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Unread} cells unread, {OutOfOrder} rows out of order, {Duplicates} duplicate");
}
