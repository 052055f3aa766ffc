using System.Globalization;
using System.Text.Json;
using CsvHelper;

namespace Linewatch.Server.Commands;

/// <summary>
/// A recording of readings in a CSV file with a header: one time column, one column a signal. Rows are read as they are
/// asked for, so that a file of any size takes constant memory.
/// </summary>
internal sealed class CsvRecording : IDisposable
{
    private static readonly string[] TimeColumnNames = ["timestamp", "time", "datetime", "date", "ts", "_time"];

    private readonly CsvReader _csv;
    private readonly string[] _header;
    private readonly int _timeColumn;
    private readonly TimeZoneInfo _zone;
    private readonly List<(int Column, string Signal)> _signals = [];

    /// <param name="path">The file.</param>
    /// <param name="separator">Character between cells; null = found from the first line.</param>
    /// <param name="timeColumn">Name of the time column; null = the first with a usual name.</param>
    /// <param name="columns">Column name → signal id; empty = every other column under its own name in lower case.</param>
    /// <param name="skip">Columns to leave out.</param>
    /// <param name="zone">Zone of times that name none.</param>
    /// <exception cref="InvalidDataException">The header lacks what was asked for; the message says what it has.</exception>
    public CsvRecording(
        string path,
        char? separator,
        string? timeColumn,
        IReadOnlyDictionary<string, string> columns,
        IReadOnlySet<string> skip,
        TimeZoneInfo zone)
    {
        _zone = zone;
        _csv = CsvReader.Create(File.OpenRead(path), new CsvReaderOptions { Separator = separator, TrackLineNumbers = true });
        _csv.ReadHeader();
        string[] header = [.. _csv.Headers ?? []];
        if (header.Length == 0)
        {
            throw new InvalidDataException($"{path} is empty: a header line with column names is needed");
        }

        _header = header;
        _timeColumn = timeColumn is null
            ? Array.FindIndex(header, name => TimeColumnNames.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase))
            : Array.IndexOf(header, timeColumn);
        if (_timeColumn < 0)
        {
            throw new InvalidDataException(timeColumn is null
                ? $"{path} has no column named {string.Join(", ", TimeColumnNames)}; name one of its own with --time: {string.Join(", ", header)}"
                : $"{path} has no column '{timeColumn}'; it has: {string.Join(", ", header)}");
        }

        if (columns.Keys.FirstOrDefault(name => !header.Contains(name)) is { } missing)
        {
            throw new InvalidDataException($"{path} has no column '{missing}'; it has: {string.Join(", ", header)}");
        }

        for (int column = 0; column < header.Length; column++)
        {
            if (column != _timeColumn && !skip.Contains(header[column]))
            {
                if (columns.TryGetValue(header[column], out string? signal))
                {
                    _signals.Add((column, signal));
                }
                else if (columns.Count == 0)
                {
                    _signals.Add((column, SignalId(header[column])));
                }
            }
        }

        if (_signals.Count == 0)
        {
            throw new InvalidDataException($"{path} has no column left to publish; it has: {string.Join(", ", header)}");
        }
    }

    /// <summary>Signal ids, in column order.</summary>
    public IEnumerable<string> Signals => _signals.Select(signal => signal.Signal);

    /// <summary>Line of the file last read, from 1.</summary>
    public long LineNumber => _csv.LineNumber;

    /// <summary>Reads the next row.</summary>
    /// <param name="eventTime">Its time, UTC.</param>
    /// <param name="fault">What is wrong with the row, or null.</param>
    /// <returns>False at the end of the file.</returns>
    public bool TryRead(out DateTime eventTime, out string? fault)
    {
        eventTime = default;
        fault = null;
        if (!_csv.Read())
        {
            return false;
        }

        string text = _csv.GetString(_timeColumn);
        if (!TryParseTime(text, out eventTime))
        {
            fault = $"line {LineNumber}: '{text}' in column '{_header[_timeColumn]}' is not a time; allowed are ISO 8601, 'yyyy-MM-dd HH:mm:ss' and seconds or milliseconds since 1970";
        }

        return true;
    }

    /// <summary>The row last read as a JSON object of signal → value; numbers keep the digits they have in the file.</summary>
    public void WriteValues(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach ((int column, string signal) in _signals)
        {
            string cell = _csv.GetString(column).Trim();
            if (cell.Length == 0)
            {
                continue;
            }

            json.WritePropertyName(signal);
            if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            {
                json.WriteStringValue(cell);
            }
            else if (IsJsonNumber(cell))
            {
                json.WriteRawValue(cell);
            }
            else
            {
                json.WriteNumberValue(number);
            }
        }

        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();

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

    private bool TryParseTime(string text, out DateTime utc)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double epoch))
        {
            // Seconds since 1970 stay below 1e11 until the year 5138; milliseconds have been above it since 1973.
            double milliseconds = epoch < 1e11 ? epoch * 1000 : epoch;
            utc = milliseconds < 253_402_300_800_000 ? DateTime.UnixEpoch.AddMilliseconds(milliseconds) : default;
            return utc != default;
        }

        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces, out DateTime parsed))
        {
            utc = default;
            return false;
        }

        utc = parsed.Kind switch
        {
            DateTimeKind.Utc => parsed,
            DateTimeKind.Local => parsed.ToUniversalTime(),
            _ when _zone.IsInvalidTime(parsed) => default,
            _ => TimeZoneInfo.ConvertTimeToUtc(parsed, _zone),
        };
        return utc != default;
    }
}
