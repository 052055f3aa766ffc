namespace Linewatch.BottlingPlant;

/// <summary>What the virtual plant looks like and how it publishes.</summary>
public sealed class VirtualPlantOptions
{
    /// <summary>Number of lines, 1 … 200. Default 2.</summary>
    public int Lines { get; init; } = 2;

    /// <summary>Seed of everything random; the same seed, start and lines give the same plant. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>UTC instant from which the plant is simulated; rounded down to ten seconds.</summary>
    public required DateTime Start { get; init; }

    /// <summary>ISA-95 site, one topic level: lower-case letters, digits, <c>-</c>, <c>_</c>. Default <c>demo</c>.</summary>
    public string Site { get; init; } = "demo";

    /// <summary>IANA zone of the shifts. Default Europe/Berlin.</summary>
    public string TimeZone { get; init; } = "Europe/Berlin";

    /// <summary>Which shifts are worked. Default around the clock.</summary>
    public ShiftPattern Shifts { get; init; } = ShiftPattern.AroundTheClock;

    /// <summary>Time between two samples of the process signals before <see cref="LiveFrom"/>: whole seconds, 1 s … 1 h, dividing a day. Default 60 s.</summary>
    public TimeSpan ProcessInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>From this UTC instant on <see cref="LiveProcessInterval"/> holds; null = never.</summary>
    public DateTime? LiveFrom { get; init; }

    /// <summary>Time between two samples of the process signals from <see cref="LiveFrom"/> on: whole seconds, 1 s … 1 h. Default 2 s.</summary>
    public TimeSpan LiveProcessInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How machines put their values into messages. Default JSON.</summary>
    public Dialect Dialect { get; init; } = Dialect.Json;

    /// <summary>What goes wrong on the way. Default nothing.</summary>
    public ChaosOptions Chaos { get; init; } = ChaosOptions.None;

    /// <summary>Every failure of the options, empty when they are valid.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> faults = [];
        if (Lines is < 1 or > 200)
        {
            faults.Add($"lines: 1 … 200 allowed, found {Lines}");
        }

        if (Start.Kind != DateTimeKind.Utc)
        {
            faults.Add($"start: UTC required, found {Start.Kind}");
        }

        if (Site.Length == 0 || Site.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter is not ('-' or '_')))
        {
            faults.Add($"site: lower-case letters, digits, - and _ allowed, found '{Site}'");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            faults.Add($"time zone: an IANA name required, found '{TimeZone}'");
        }

        foreach ((string name, TimeSpan interval) in new[] { ("process interval", ProcessInterval), ("live process interval", LiveProcessInterval) })
        {
            if (interval < TimeSpan.FromSeconds(1) || interval > TimeSpan.FromHours(1) || interval.Ticks % TimeSpan.TicksPerSecond != 0)
            {
                faults.Add($"{name}: whole seconds from 1 s to 1 h allowed, found {interval}");
            }
        }

        return faults;
    }
}

/// <summary>Which shifts the lines work.</summary>
public enum ShiftPattern
{
    /// <summary>Three shifts on every day.</summary>
    AroundTheClock,

    /// <summary>Three shifts from Monday to Friday.</summary>
    Weekdays,

    /// <summary>Early and late shift from Monday to Saturday.</summary>
    TwoShifts,
}
