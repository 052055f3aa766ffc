namespace Linewatch.Server.Commands.Backtests;

/// <summary>A CSV file with a header, all of it in memory as text, each row with its line.</summary>
internal sealed class FailureTable
{
    private readonly string[] _columns;

    private FailureTable(string path, string[] columns, List<(long Line, string[] Cells)> rows)
    {
        Path = path;
        _columns = columns;
        Rows = rows;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names in the header, trimmed.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>Cells as written, trimmed.</summary>
    public IReadOnlyList<(long Line, string[] Cells)> Rows { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">There is no header, no row, or a row of another length; the message says where.</exception>
    public static FailureTable Read(string path)
    {
        using CsvTable table = new(path);
        string[] columns = [.. table.Columns];
        if (columns.CountBy(name => name).FirstOrDefault(name => name.Value > 1) is { Key: { } twice })
        {
            throw new InvalidDataException($"{path}: column '{CsvTable.Shown(twice)}' is there twice");
        }

        List<(long, string[])> rows = [];
        while (table.TryRead(out string? fault))
        {
            rows.Add(fault is null ? (table.LineNumber, [.. Enumerable.Range(0, columns.Length).Select(column => table[column])]) : throw new InvalidDataException($"{path}, {fault}"));
        }

        return rows.Count > 0 ? new FailureTable(path, columns, rows) : throw new InvalidDataException($"{path} has no row below its header");
    }

    /// <summary>Number of a column, or −1.</summary>
    public int Find(string column) => Array.IndexOf(_columns, column);

    /// <summary>A cell as a number; NaN where it is empty.</summary>
    /// <exception cref="InvalidDataException">It is something else; the message says where.</exception>
    public double Number(int row, int column)
    {
        string cell = Rows[row].Cells[column];
        return cell.Length == 0 ? double.NaN
            : CsvTable.TryNumber(cell, out double number) ? number
            : throw new InvalidDataException($"{Path}, line {Rows[row].Line}, column '{CsvTable.Shown(Columns[column])}': '{CsvTable.Shown(cell)}' is not a number");
    }

    /// <summary>Whether every cell of a column is a number or empty, and one is a number.</summary>
    public bool IsNumeric(int column) =>
        Rows.All(row => row.Cells[column].Length == 0 || CsvTable.TryNumber(row.Cells[column], out _)) && Rows.Any(row => row.Cells[column].Length > 0);
}
