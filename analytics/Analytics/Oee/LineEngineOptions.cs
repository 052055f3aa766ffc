namespace Linewatch.Analytics.Oee;

/// <summary>What the plant file does not say about how a line's figures are kept.</summary>
public sealed record LineEngineOptions
{
    /// <summary>How long a closed shift stays in memory, so that late readings restate it at once. Later ones need the store. Default 12 h.</summary>
    public TimeSpan KeepClosed { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long after a changeover rejects are start-up rejects. Default 10 min.</summary>
    public TimeSpan StartUp { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How far before a window its causes may lie. Default 2 h.</summary>
    public TimeSpan LookBack { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How far the machines' clocks may differ when one's stop is to explain another's. Default 5 s.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromSeconds(5);
}
