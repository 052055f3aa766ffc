using System.Globalization;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// A recording as the backtest reads it: one row after the other, each with its time as written and its numbers. A recording that is
/// evidently misread is refused rather than judged. Not thread-safe.
/// </summary>
/// <param name="path">A CSV file with a header.</param>
/// <param name="settings">How it is written and which columns are signals.</param>
/// <param name="duty">Which columns say what its machine does; null = none.</param>
/// <exception cref="InvalidDataException">There is no time column or no signal; the message says what there is.</exception>
internal sealed class RecordedTable(string path, CsvRecordingSettings settings, DutyColumns? duty = null) : IRecordedRows
{
    /// <summary>After so many rows it shows whether a file runs from old to new.</summary>
    private const int RowsThatTell = 1000;

    private readonly CsvRecording _recording = new(path, duty is null ? settings : settings with { Beside = duty.All });
    private readonly RecordedDuty? _duty = duty is null ? null : new RecordedDuty(duty);
    private long _rows;
    private string? _firstLate;

    /// <inheritdoc/>
    public string KeyColumn => "timestamp";

    /// <inheritdoc/>
    public IReadOnlyList<string> Signals => _recording.Signals;

    /// <inheritdoc/>
    public double Done => _recording.Done;

    /// <inheritdoc/>
    public RowFaults Faults { get; private set; }

    /// <inheritdoc/>
    public string? FirstUnread { get; private set; }

    /// <summary>What the machine does in the row last read, as the contexts of its signals.</summary>
    public SignalContext Context(DateTime eventTime) => _duty?.Context(eventTime) ?? SignalContext.Always;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">
    /// A row cannot be read, a column never yields a number, the machine never runs, half of the rows or more are not newer than the one before, or there is none;
    /// the message says where, and what is allowed.
    /// </exception>
    public IEnumerable<(string Key, DateTime EventTime, double[] Values)> Rows()
    {
        double[] values = new double[Signals.Count];
        string?[] unread = new string?[values.Length];
        bool[] read = new bool[values.Length];
        DateTime newest = DateTime.MinValue;
        while (_recording.TryRead(out DateTime eventTime, out string? fault))
        {
            if (fault is not null)
            {
                throw new InvalidDataException($"{path}, {fault}");
            }

            for (int i = 0; i < values.Length; i++)
            {
                string cell = _recording.Cell(i);
                if (_recording.TryNumber(cell, out values[i]))
                {
                    read[i] = true;
                    continue;
                }

                values[i] = double.NaN;
                if (cell.Length > 0)
                {
                    values[i] = double.PositiveInfinity;
                    unread[i] ??= Unread(_recording.Place(i), cell);
                    FirstUnread ??= unread[i];
                    Faults += new RowFaults(1, 0, 0);
                }
            }

            _rows++;
            if (eventTime <= newest)
            {
                Faults += eventTime < newest ? new RowFaults(0, 1, 0) : new RowFaults(0, 0, 1);
                _firstLate ??= $"line {_recording.LineNumber} ('{CsvTable.Shown(_recording.TimeText)}')";
            }

            else
            {
                newest = eventTime;
                _duty?.Follow(eventTime, _recording, column =>
                {
                    FirstUnread ??= Unread(_recording.PlaceBeside(column), _recording.Beside(column));
                    Faults += new RowFaults(1, 0, 0);
                });
            }

            if (_rows == RowsThatTell)
            {
                RefuseDisorder();
            }

            yield return (_recording.TimeText, eventTime, values);
        }

        if (_rows == 0)
        {
            throw new InvalidDataException($"{path} has no row below its header");
        }

        RefuseDisorder();
        if (_duty?.WhyNothingJudged is { } reason)
        {
            throw new InvalidDataException($"{path}: {reason}");
        }

        if (Array.IndexOf(read, false) is >= 0 and int silent)
        {
            throw new InvalidDataException(unread[silent] is { } cell
                ? $"{path}, {cell} is not a number, nor is any other cell of the column; allowed are numbers such as 3.91 (with a decimal comma: --decimal ,), and each signal needs a column of its own; --skip leaves a column out, --state names that of the machine's state"
                : $"{path}: no cell of column '{CsvTable.Shown(Signals[silent])}' holds anything; --skip leaves it out");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _recording.Dispose();

    private static string Unread(string place, string cell) => $"{place}: '{CsvTable.Shown(cell)}'";

    private void RefuseDisorder()
    {
        long late = Faults.OutOfOrder + Faults.Duplicates;
        if (late * 2 >= _rows && late > 0)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {late} of {_rows} rows are not newer than a row before them, the first in {_firstLate}; rows must run from old to new, one for each time, with a column a signal: sort the file by its time column, and give each signal a column"));
        }
    }
}
