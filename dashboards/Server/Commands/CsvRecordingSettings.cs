namespace Linewatch.Server.Commands;

/// <summary>How a recording is written and which of its columns are signals.</summary>
internal sealed record CsvRecordingSettings
{
    /// <summary>ASCII character between cells; null = found from the first lines.</summary>
    public char? Separator { get; init; }

    /// <summary>Character before a number's decimals: <c>.</c> or <c>,</c>.</summary>
    public char Decimal { get; init; } = '.';

    /// <summary>Name of the time column; null = the first with a usual name.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>How times are written, as .NET's custom formats; null = ISO 8601, year first or since 1970.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>Zone of times that name none.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Column name → signal; empty = every column that has a name and is not left out.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns to leave out.</summary>
    public IReadOnlySet<string> Skip { get; init; } = new HashSet<string>();

    /// <summary>Columns that are read but are no signals, such as the machine's state.</summary>
    public IReadOnlyList<string> Beside { get; init; } = [];

    /// <summary>What a column's signal is called where <see cref="Columns"/> says nothing.</summary>
    public Func<string, string> Named { get; init; } = CsvRecording.SignalId;
}
