using System.CommandLine;

namespace Linewatch.Server.Commands;

/// <summary>The options by which <c>replay</c> and <c>backtest anomalies</c> are told how a recording is written.</summary>
internal sealed class RecordingOptions
{
    private readonly Option<string?> _time = new("--time") { Description = "Name of the time column; default: the first called timestamp, time, datetime, date, ts or _time." };
    private readonly Option<string?> _timeFormat = new("--time-format") { Description = "How times are written, e.g. \"dd.MM.yyyy HH:mm:ss\"; default: ISO 8601, yyyy-MM-dd HH:mm:ss, or seconds or milliseconds since 1970." };
    private readonly Option<string> _zone = new("--zone") { Description = "IANA time zone of times that name none. In the hour that a clock change repeats, rows are taken to follow each other.", DefaultValueFactory = _ => "UTC" };
    private readonly Option<string?> _separator = new("--separator") { Description = "Character between cells, or the word tab; default: found from the first lines." };
    private readonly Option<string> _decimal = new("--decimal") { Description = "Character before a number's decimals.", DefaultValueFactory = _ => "." };
    private readonly Option<string[]> _columns = new("--column", "-c") { Description = "column=signal, repeatable: take only these columns, under these signal names. Default: all that have a name." };
    private readonly Option<string[]> _skip = new("--skip") { Description = "Column to leave out, in upper or lower case, repeatable." };

    /// <summary>Makes the options.</summary>
    public RecordingOptions() => _decimal.AcceptOnlyFromAmong(".", ",");

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_time, _timeFormat, _zone, _separator, _decimal, _columns, _skip];

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was said by them.</summary>
    /// <exception cref="InvalidDataException">One says what is not allowed; the message says which, and what is.</exception>
    public CsvRecordingSettings Read(ParseResult parsed) => new()
    {
        TimeColumn = parsed.GetValue(_time),
        TimeFormat = parsed.GetValue(_timeFormat) is not { } format ? null
            : format.Contains('y', StringComparison.Ordinal) && format.Contains('d', StringComparison.Ordinal) ? format
            : throw new InvalidDataException($"--time-format '{CsvTable.Shown(format)}' has no year or no day; allowed are forms such as dd.MM.yyyy HH:mm:ss"),
        Zone = TimeZoneInfo.TryFindSystemTimeZoneById(parsed.GetRequiredValue(_zone), out TimeZoneInfo? zone) ? zone
            : throw new InvalidDataException($"--zone '{CsvTable.Shown(parsed.GetRequiredValue(_zone))}' is not a time zone of this system; use an IANA name such as Europe/Berlin"),
        Separator = parsed.GetValue(_separator) switch
        {
            null => null,
            "tab" => '\t',
            [var one] when char.IsAscii(one) && one is not ('"' or '\r' or '\n') => one,
            var other => throw new InvalidDataException($"--separator '{CsvTable.Shown(other)}' is neither one ASCII character (no quote, no line break) nor the word tab"),
        },
        Decimal = parsed.GetRequiredValue(_decimal)[0],
        Columns = Mapping(parsed.GetValue(_columns) ?? []),
        Skip = (parsed.GetValue(_skip) ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase),
    };

    private static Dictionary<string, string> Mapping(IEnumerable<string> columns)
    {
        Dictionary<string, string> mapping = new(StringComparer.Ordinal);
        foreach (string[] pair in columns.Select(column => column.Split('=', 2)))
        {
            if (pair.Length < 2 || pair[1].Length == 0)
            {
                throw new InvalidDataException($"--column '{CsvTable.Shown(pair[0])}' is not column=signal");
            }

            if (!mapping.TryAdd(pair[0], pair[1]))
            {
                throw new InvalidDataException($"--column '{CsvTable.Shown(pair[0])}' is given twice");
            }
        }

        return mapping;
    }
}
