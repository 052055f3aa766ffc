using System.Globalization;

namespace Linewatch.Server.Commands;

/// <summary>A row of a CSV table with a header and without quoted fields.</summary>
internal sealed class CsvRow(IReadOnlyDictionary<string, int> columns, string text)
{
    private readonly string[] _fields = text.Split(',');

    /// <summary>The row as written.</summary>
    public string Text => text;

    /// <summary>A field by its column's name.</summary>
    /// <exception cref="InvalidDataException">There is no such column, or the row is too short.</exception>
    public string this[string column] => columns.TryGetValue(column, out int index) && index < _fields.Length
        ? _fields[index]
        : throw new InvalidDataException($"there is no column {column}: {text}");

    /// <summary>The rows of a file.</summary>
    public static IEnumerable<CsvRow> Read(string path)
    {
        Dictionary<string, int>? columns = null;
        foreach (string line in File.ReadLines(path))
        {
            if (columns is null)
            {
                columns = line.Split(',').Select((name, index) => (name, index)).ToDictionary(column => column.name, column => column.index, StringComparer.Ordinal);
            }
            else if (line.Length > 0)
            {
                yield return new CsvRow(columns, line);
            }
        }
    }

    /// <summary>A number; null = empty.</summary>
    public double? Number(string column) =>
        this[column] is { Length: > 0 } field ? Parsed(column, double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value), value) : null;

    /// <summary>A time, UTC.</summary>
    public DateTime Time(string column) => Parsed(
        column,
        DateTime.TryParse(this[column], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime time),
        time);

    private T Parsed<T>(string column, bool ok, T value) =>
        ok ? value : throw new InvalidDataException($"{column} cannot be read: {text}");
}
