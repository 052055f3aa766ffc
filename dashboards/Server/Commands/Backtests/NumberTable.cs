using System.Globalization;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>A file of nothing but numbers between blanks, as the Tennessee Eastman files are: rows without times, taken for a minute apart.</summary>
/// <param name="path">The file.</param>
/// <param name="signals">Numbers in a row.</param>
/// <exception cref="InvalidDataException">As <see cref="Read"/>.</exception>
internal sealed class NumberTable(string path, int signals) : IRecordedRows
{
    /// <summary>Most numbers in a file: all of them are held in memory.</summary>
    public const int MostNumbers = 16_000_000;

    private const int LongestNumber = 64;

    private readonly double[][] _rows = Read(path, signals);

    /// <inheritdoc/>
    public string KeyColumn => "row";

    /// <inheritdoc/>
    public IReadOnlyList<string> Signals { get; } = [.. Enumerable.Range(1, signals).Select(i => $"x{i}")];

    /// <inheritdoc/>
    public double Done => 1;

    /// <inheritdoc/>
    public RowFaults Faults => default;

    /// <inheritdoc/>
    public string? FirstUnread => null;

    /// <summary>Reads a file; one stored lying is stood up.</summary>
    /// <param name="path">The file.</param>
    /// <param name="signals">Numbers in a row; 0 = the smaller side of the table.</param>
    /// <exception cref="InvalidDataException">A cell is no number, the rows differ in length, or the file is too large; the message says where.</exception>
    public static double[][] Read(string path, int signals)
    {
        List<double[]> rows = [];
        List<double> row = [];
        long numbers = 0;
        using StreamReader file = new(path);
        foreach (string cell in Cells(file))
        {
            if (cell.Length > 0)
            {
                if (++numbers > MostNumbers)
                {
                    throw new InvalidDataException($"{path}, row {rows.Count + 1}: more than {MostNumbers:N0} numbers in a file");
                }

                row.Add(CsvTable.TryNumber(cell, out double number)
                    ? number
                    : throw new InvalidDataException($"{path}, row {rows.Count + 1}, number {row.Count + 1}: '{CsvTable.Shown(cell)}' is not a number; allowed are numbers such as 3.91 and 1e-3 between blanks"));
            }
            else if (row.Count > 0)
            {
                rows.Add([.. row]);
                row.Clear();
                if (rows[^1].Length != rows[0].Length)
                {
                    throw new InvalidDataException($"{path}, row {rows.Count}: {rows[^1].Length} numbers; {rows[0].Length} are needed, as in the first row");
                }
            }
        }

        if (rows.Count == 0)
        {
            throw new InvalidDataException($"{path} is empty");
        }

        int across = signals > 0 ? signals : Math.Min(rows.Count, rows[0].Length);
        return rows[0].Length == across ? [.. rows]
            : rows.Count == across ? [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Select(each => each[i]).ToArray())]
            : throw new InvalidDataException($"{path} is {rows.Count} × {rows[0].Length}; one side must be {across}, the number of signals");
    }

    /// <inheritdoc/>
    public IEnumerable<(string Key, DateTime EventTime, double[] Values)> Rows() =>
        _rows.Select((row, i) => ((i + 1).ToString(CultureInfo.InvariantCulture), DateTime.UnixEpoch.AddMinutes(i), row));

    /// <inheritdoc/>
    public void Dispose()
    {
        // The file was closed once it was read.
    }

    /// <summary>What stands between blanks, cut and marked with … where it is too long for a number; an empty text ends a line.</summary>
    private static IEnumerable<string> Cells(StreamReader file)
    {
        List<char> cell = new(LongestNumber);
        while (true)
        {
            int read = file.Read();
            if (read >= 0 && !char.IsWhiteSpace((char)read) && cell.Count < LongestNumber)
            {
                cell.Add((char)read);
                continue;
            }

            if (cell.Count > 0)
            {
                yield return new string([.. cell]) + (cell.Count == LongestNumber ? "…" : "");
                cell.Clear();
            }

            if (read is < 0 or '\n')
            {
                yield return "";
            }

            if (read < 0)
            {
                yield break;
            }
        }
    }
}
