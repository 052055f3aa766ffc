using System.Globalization;
using CsvHelper;

namespace Linewatch.Server.Commands;

/// <summary>
/// A CSV file with a header, read row by row in constant memory: a row of more than <see cref="LongestRow"/> bytes is refused, for
/// instance a quote that never ends. All of the program's commands that take CSV read it with this. Not thread-safe.
/// </summary>
internal sealed class CsvTable : IDisposable
{
    /// <summary>Longest row, bytes; one that was read ahead already may be a little longer.</summary>
    public const int LongestRow = 1 << 20;

    private const int LongestEcho = 80;

    private readonly FileStream _file;
    private readonly CsvReader _csv;

    /// <param name="path">The file, UTF-8 or with a byte order mark.</param>
    /// <param name="separator">ASCII character between cells; null = found from the first lines, among <c>,</c> <c>;</c> tab and <c>|</c>.</param>
    /// <exception cref="InvalidDataException">There is no header, or its line is too long.</exception>
    public CsvTable(string path, char? separator = null)
    {
        Path = path;
        _file = File.OpenRead(path);
        try
        {
            _csv = CsvReader.Create(_file, new CsvReaderOptions { Separator = separator, TrackLineNumbers = true, MaxRecordSize = LongestRow });
            _csv.ReadHeader();
            Columns = [.. (_csv.Headers ?? []).Select(name => name.Trim())];
            if (Columns.Count == 0)
            {
                throw new InvalidDataException($"{path} is empty: a header line with column names is needed");
            }
        }
        catch (CsvFormatException)
        {
            Dispose();
            throw TooLong();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names in the header, trimmed.</summary>
    public IReadOnlyList<string> Columns { get; } = [];

    /// <summary>Line of the file last read, from 1.</summary>
    public long LineNumber => _csv.LineNumber;

    /// <summary>How much of the file has been read, 0 to 1.</summary>
    public double Done => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    /// <summary>A cell of the row last read, trimmed.</summary>
    public string this[int column] => _csv.GetString(column).Trim();

    /// <summary>Reads the next row that is not empty.</summary>
    /// <param name="fault">What is wrong with the row, with its line, or null: it must have as many cells as the header, though empty ones may follow.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="InvalidDataException">A row is too long; nothing below it can be read.</exception>
    public bool TryRead(out string? fault)
    {
        fault = null;
        try
        {
            if (!_csv.Read())
            {
                return false;
            }
        }
        catch (CsvFormatException)
        {
            throw TooLong();
        }

        int cells = _csv.FieldCount;
        while (cells > Columns.Count && _csv.GetString(cells - 1).Length == 0)
        {
            cells--;
        }

        fault = cells == Columns.Count ? null : $"line {LineNumber}: {cells} cells; {Columns.Count} are needed, as in the header";
        return true;
    }

    /// <summary>Number of a column, from 0.</summary>
    /// <exception cref="InvalidDataException">There is none; the message says which there are.</exception>
    public int Find(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == column)
            {
                return i;
            }
        }

        throw new InvalidDataException($"{Path} has no column '{Shown(column)}'; it has: {Shown(Columns)}");
    }

    /// <summary>A cell as a number with a point before its decimals; false where it is none, infinite or NaN.</summary>
    public static bool TryNumber(string cell, out double number) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>A cell as a message may show it: at most 80 characters, none of which is a control character.</summary>
    public static string Shown(string cell) => OnOneLine(cell.Length > LongestEcho ? cell[..LongestEcho] + "…" : cell);

    /// <summary>A text with blanks in place of its control characters.</summary>
    public static string OnOneLine(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;

    /// <summary>Names of columns as a message may show them: the first twenty.</summary>
    public static string Shown(IReadOnlyCollection<string> columns) =>
        string.Join(", ", columns.Take(20).Select(Shown)) + (columns.Count > 20 ? $" … and {columns.Count - 20} more" : "");

    /// <inheritdoc/>
    public void Dispose()
    {
        _csv?.Dispose();
        _file.Dispose();
    }

    private InvalidDataException TooLong() =>
        new($"{Path}, below line {_csv?.LineNumber ?? 0}: a row of more than {LongestRow:N0} bytes; is a quote left open, or is it no CSV?");
}
