namespace Linewatch.Server.Commands.Backtests;

/// <summary>The rows of one recording, as the backtest judges them. Not thread-safe.</summary>
internal interface IRecordedRows : IDisposable
{
    /// <summary>What the first column of the verdicts is called.</summary>
    string KeyColumn { get; }

    /// <summary>Names of the signals, in the order of a row's values.</summary>
    IReadOnlyList<string> Signals { get; }

    /// <summary>How much has been read, 0 to 1.</summary>
    double Done { get; }

    /// <summary>What was no reading in its place so far.</summary>
    RowFaults Faults { get; }

    /// <summary>Where the first cell is that was not read, and what it holds; null = every cell was read.</summary>
    string? FirstUnread { get; }

    /// <summary>The rows, read as they are asked for; the values may be one array for all.</summary>
    /// <remarks>A value is NaN where nothing was recorded, and infinite where what was recorded is no number.</remarks>
    /// <returns>How each row is called, when it was (UTC), and its values.</returns>
    /// <exception cref="InvalidDataException">The recording cannot be read; the message says where, and what is allowed.</exception>
    IEnumerable<(string Key, DateTime EventTime, double[] Values)> Rows();
}
