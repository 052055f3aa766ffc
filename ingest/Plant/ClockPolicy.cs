namespace Linewatch.Plants;

/// <summary>How far machines' clocks are trusted.</summary>
public sealed record ClockPolicy
{
    /// <summary>A device time later than receive time by more than this is in the future. Default 10 s.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What happens to a reading from the future. Default <see cref="FutureTime.UseReceiveTime"/>.</summary>
    public FutureTime Future { get; init; } = FutureTime.UseReceiveTime;

    /// <summary>A device time older than receive time by more than this is quarantined as a clock that was never set. Default 400 d.</summary>
    public TimeSpan OldestAccepted { get; init; } = TimeSpan.FromDays(400);
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
