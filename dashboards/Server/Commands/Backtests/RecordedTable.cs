using System.Globalization;
using CsvHelper;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>A recording as the backtest reads it: one row after the other, each with its time as written and its numbers.</summary>
internal sealed class RecordedTable : IDisposable
{
    private static readonly string[] TimeColumns = ["timestamp", "datetime", "time", "date", "ts", "_time"];

    private readonly string _path;
    private readonly CsvReader _csv;
    private readonly int _timeColumn;
    private readonly int[] _columns;

    /// <param name="path">A CSV file with a header; separated by <c>,</c>, <c>;</c> or tab.</param>
    /// <param name="leftOut">Columns that are not signals, such as labels: never read.</param>
    /// <exception cref="InvalidDataException">There is no time column or no signal; the message says what there is.</exception>
    public RecordedTable(string path, IReadOnlySet<string> leftOut)
    {
        _path = path;
        _csv = CsvReader.Create(File.OpenRead(path), new CsvReaderOptions { TrackLineNumbers = true });
        _csv.ReadHeader();
        string[] names = [.. _csv.Headers ?? []];
        if (names.Length == 0)
        {
            throw new InvalidDataException($"{path} is empty: a header line with column names is needed");
        }

        _timeColumn = Array.FindIndex(names, name => TimeColumns.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase));
        if (_timeColumn < 0)
        {
            throw new InvalidDataException($"{path} has no column named {string.Join(", ", TimeColumns)}; it has: {string.Join(", ", names)}");
        }

        _columns = [.. Enumerable.Range(0, names.Length).Where(i => i != _timeColumn && !leftOut.Contains(names[i].Trim()))];
        Signals = [.. _columns.Select(i => names[i].Trim())];
        if (_columns.Length == 0)
        {
            throw new InvalidDataException($"{path} has no column of readings; it has: {string.Join(", ", names)}");
        }
    }

    /// <summary>Names of the signals, in the order of a row's numbers.</summary>
    public IReadOnlyList<string> Signals { get; }

    /// <summary>The rows, read as they are asked for. A cell without a number is NaN.</summary>
    /// <exception cref="InvalidDataException">A time cannot be read; the message says where.</exception>
    public IEnumerable<(string TimeText, DateTime EventTime, double[] Values)> Rows()
    {
        while (_csv.Read())
        {
            string text = _csv.GetString(_timeColumn).Trim();
            if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime eventTime))
            {
                throw new InvalidDataException($"{_path}, line {_csv.LineNumber}: '{text}' is not a time; allowed are ISO 8601 and 'yyyy-MM-dd HH:mm:ss'");
            }

            yield return (text, eventTime, [.. _columns.Select(i => Number(_csv.GetString(i)))]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();

    /// <summary>Reads a file of nothing but numbers between blanks, as the Tennessee Eastman files are; one stored lying is stood up.</summary>
    /// <param name="path">The file.</param>
    /// <param name="signals">Numbers in a row; 0 = the smaller side of the table.</param>
    /// <exception cref="InvalidDataException">A cell is no number, or the rows differ in length.</exception>
    public static double[][] ReadNumbers(string path, int signals)
    {
        List<double[]> rows = [];
        foreach (string line in File.ReadLines(path))
        {
            string[] cells = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length > 0)
            {
                rows.Add([.. cells.Select(Number)]);
                if (rows[^1].Length != rows[0].Length || rows[^1].Any(double.IsNaN))
                {
                    throw new InvalidDataException($"{path}, row {rows.Count}: {rows[0].Length} numbers are expected");
                }
            }
        }

        if (rows.Count == 0)
        {
            throw new InvalidDataException($"{path} is empty");
        }

        int across = signals > 0 ? signals : Math.Min(rows.Count, rows[0].Length);
        return rows[0].Length == across ? [.. rows]
            : rows.Count == across ? [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Select(row => row[i]).ToArray())]
            : throw new InvalidDataException($"{path} is {rows.Count} × {rows[0].Length}; one side must be {across}, the number of signals");
    }

    private static double Number(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : double.NaN;
}
