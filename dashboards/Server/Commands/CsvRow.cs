using System.Globalization;

namespace Linewatch.Server.Commands;

/// <summary>A row of a CSV table that this program or the simulator wrote: separated by commas, each column found by its name.</summary>
internal sealed class CsvRow
{
    private readonly CsvTable _table;
    private readonly string[] _cells;
    private readonly long _line;

    private CsvRow(CsvTable table)
    {
        _table = table;
        _line = table.LineNumber;
        _cells = [.. Enumerable.Range(0, table.Columns.Count).Select(column => table[column])];
    }

    /// <summary>A cell by its column's name.</summary>
    /// <exception cref="InvalidDataException">There is no such column.</exception>
    public string this[string column] => _cells[_table.Find(column)];

    /// <summary>The rows of a file.</summary>
    /// <exception cref="InvalidDataException">A row is not as long as the header.</exception>
    public static IEnumerable<CsvRow> Read(string path)
    {
        using CsvTable table = new(path, ',');
        while (table.TryRead(out string? fault))
        {
            yield return fault is null ? new CsvRow(table) : throw new InvalidDataException($"{path}, {fault}");
        }
    }

    /// <summary>A number; null = empty.</summary>
    public double? Number(string column) =>
        this[column] is { Length: > 0 } cell ? Parsed(column, double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value), value) : null;

    /// <summary>A time, UTC.</summary>
    public DateTime Time(string column) => Parsed(column, new EventTimes(TimeZoneInfo.Utc).TryRead(this[column], out DateTime time), time);

    private T Parsed<T>(string column, bool ok, T value) =>
        ok ? value : throw new InvalidDataException($"{_table.Path}, line {_line}, column '{column}': '{CsvTable.Shown(this[column])}' cannot be read");
}
