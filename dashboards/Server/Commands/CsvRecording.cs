using System.Text.Json;

namespace Linewatch.Server.Commands;

/// <summary>
/// A recording of readings in a CSV file with a header: one time column, one column a signal; columns without a name are left out.
/// Rows are read as they are asked for, so that a file of any size takes constant memory. Not thread-safe.
/// </summary>
internal sealed class CsvRecording : IDisposable
{
    /// <summary>Most signals of one recording.</summary>
    public const int MostSignals = 4096;

    private static readonly string[] TimeColumnNames = ["timestamp", "time", "datetime", "date", "ts", "_time"];

    private readonly CsvTable _table;
    private readonly int _timeColumn;
    private readonly EventTimes _times;
    private readonly char _decimal;
    private readonly Dictionary<string, int> _beside;
    private readonly List<(int Column, string Signal)> _signals = [];

    /// <param name="path">The file.</param>
    /// <param name="settings">How it is written and which columns are signals.</param>
    /// <exception cref="InvalidDataException">The header lacks what was asked for or names a signal twice; the message says what it has.</exception>
    public CsvRecording(string path, CsvRecordingSettings settings)
    {
        _times = new EventTimes(settings.Zone, settings.TimeFormat);
        _decimal = settings.Decimal;
        _table = new CsvTable(path, settings.Separator);
        try
        {
            _timeColumn = settings.TimeColumn is { } named ? _table.Find(named) : FindTime();
            _beside = settings.Beside.Distinct().ToDictionary(column => column, _table.Find);
            foreach (string column in settings.Columns.Keys)
            {
                _ = _table.Find(column);
            }

            AddSignals(settings);
            Signals = [.. _signals.Select(signal => signal.Signal)];
        }
        catch
        {
            _table.Dispose();
            throw;
        }
    }

    /// <summary>Signal names, in column order.</summary>
    public IReadOnlyList<string> Signals { get; }

    /// <summary>How much of the file has been read, 0 to 1.</summary>
    public double Done => _table.Done;

    /// <summary>Line of the file last read, from 1.</summary>
    public long LineNumber => _table.LineNumber;

    /// <summary>The time of the row last read, as written.</summary>
    public string TimeText => _table[_timeColumn];

    /// <summary>Reads the next row.</summary>
    /// <param name="eventTime">Its time, UTC.</param>
    /// <param name="fault">What is wrong with the row and where, or null.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="InvalidDataException">A row is too long; nothing below it can be read.</exception>
    public bool TryRead(out DateTime eventTime, out string? fault)
    {
        eventTime = default;
        if (!_table.TryRead(out fault))
        {
            return false;
        }

        if (fault is null && !_times.TryRead(TimeText, out eventTime))
        {
            fault = $"{Where(_timeColumn)}: '{CsvTable.Shown(TimeText)}' is not a time; {_times.Allowed}";
        }

        return true;
    }

    /// <summary>A signal's cell of the row last read, as written.</summary>
    public string Cell(int signal) => _table[_signals[signal].Column];

    /// <summary>A cell of the row last read in one of the columns beside the signals (<see cref="CsvRecordingSettings.Beside"/>).</summary>
    public string Beside(string column) => _table[_beside[column]];

    /// <summary>Where it is, for messages.</summary>
    public string PlaceBeside(string column) => Where(_beside[column]);

    /// <summary>Where a signal's cell of the row last read is, for messages.</summary>
    public string Place(int signal) => Where(_signals[signal].Column);

    /// <summary>A cell as a number; false where it is none, infinite or NaN.</summary>
    public bool TryNumber(string cell, out double number) =>
        CsvTable.TryNumber(WithPoint(cell), out number);

    /// <summary>The row last read as a JSON object of signal → value; numbers keep the digits they have in the file.</summary>
    public void WriteValues(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach ((int column, string signal) in _signals)
        {
            string cell = _table[column];
            if (cell.Length == 0)
            {
                continue;
            }

            json.WritePropertyName(signal);
            if (!TryNumber(cell, out double number))
            {
                json.WriteStringValue(cell);
            }
            else if (IsJsonNumber(WithPoint(cell)))
            {
                json.WriteRawValue(WithPoint(cell));
            }
            else
            {
                json.WriteNumberValue(number);
            }
        }

        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();

    /// <summary>A column name as a signal id: lower case, every run of other characters one underscore.</summary>
    internal static string SignalId(string column) =>
        string.Join('_', column.ToLowerInvariant().Split([.. column.ToLowerInvariant().Where(c => !char.IsAsciiLetterOrDigit(c))], StringSplitOptions.RemoveEmptyEntries));

    private static bool IsJsonNumber(string cell)
    {
        ReadOnlySpan<char> digits = cell.AsSpan(cell[0] == '-' ? 1 : 0);
        return digits.Length > 0
            && char.IsAsciiDigit(digits[0])
            && (digits[0] != '0' || digits.Length == 1 || !char.IsAsciiDigit(digits[1]))
            && !cell.EndsWith('.')
            && !cell.Contains(".e", StringComparison.OrdinalIgnoreCase);
    }

    private string WithPoint(string cell) => _decimal == '.' ? cell
        : cell.Contains('.', StringComparison.Ordinal) ? "" // 1.234,5 has thousands, and 1.5 is no number of this file
        : cell.Replace(_decimal, '.');

    private string Where(int column) => $"line {_table.LineNumber}, column '{CsvTable.Shown(_table.Columns[column])}'";

    private int FindTime()
    {
        for (int column = 0; column < _table.Columns.Count; column++)
        {
            if (TimeColumnNames.Contains(_table.Columns[column], StringComparer.OrdinalIgnoreCase))
            {
                return column;
            }
        }

        throw new InvalidDataException(
            $"{_table.Path} has no column named {string.Join(", ", TimeColumnNames)}; name one of its own with --time: {CsvTable.Shown(_table.Columns)}");
    }

    private void AddSignals(CsvRecordingSettings settings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int column = 0; column < _table.Columns.Count; column++)
        {
            string name = _table.Columns[column];
            if (column == _timeColumn || name.Length == 0 || _beside.ContainsValue(column) || (settings.Columns.Count > 0 ? !settings.Columns.ContainsKey(name) : settings.Skip.Contains(name)))
            {
                continue;
            }

            string signal = settings.Columns.GetValueOrDefault(name) ?? settings.Named(name);
            if (!names.Add(signal))
            {
                throw new InvalidDataException(
                    $"{_table.Path}: column {column + 1}, '{CsvTable.Shown(name)}', would be signal '{CsvTable.Shown(signal)}' as another is already; name them with --column, or leave one out with --skip");
            }

            _signals.Add((column, signal));
        }

        if (_signals.Count is 0 or > MostSignals)
        {
            throw new InvalidDataException(
                $"{_table.Path} has {(_signals.Count == 0 ? "no column of readings" : $"{_signals.Count} columns of readings, more than {MostSignals}: choose some with --column")}; it has: {CsvTable.Shown(_table.Columns)}");
        }
    }
}
