namespace Linewatch.Plants;

/// <summary>How far machines' clocks are trusted.</summary>
public sealed record ClockPolicy
{
    /// <summary>A device time later than receive time by more than this is in the future. Default 10 s.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What happens to a reading from the future. Default <see cref="FutureTime.UseReceiveTime"/>.</summary>
    public FutureTime Future { get; init; } = FutureTime.UseReceiveTime;

    /// <summary>A clock that is behind ours by more than this, message after message, is flagged and told. Default 30 s.</summary>
    public TimeSpan Drift { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A device time before this is quarantined: a clock that was never set starts at 1970, 1980 or 2000.</summary>
    public static readonly DateTime Unset = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>A device time older than receive time by more than this is quarantined, too. Default null: recordings of any age are taken.</summary>
    public TimeSpan? OldestAccepted { get; init; }
}

/// <summary>What happens to a reading whose device time lies in the future; in plant.yaml written in kebab case.</summary>
public enum FutureTime
{
    /// <summary>Stored at receive time, flagged.</summary>
    UseReceiveTime,

    /// <summary>Stored at the device's time, flagged.</summary>
    Keep,

    /// <summary>Quarantined.</summary>
    Quarantine,
}
