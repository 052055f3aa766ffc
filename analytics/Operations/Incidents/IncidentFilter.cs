namespace Linewatch.Operations.Incidents;

/// <summary>Which incidents to list; those merged into others never are.</summary>
public sealed record IncidentFilter
{
    /// <summary>Only those that go on.</summary>
    public bool OpenOnly { get; init; }

    /// <summary>Only those that are over and that nobody has acknowledged.</summary>
    public bool UnseenOnly { get; init; }

    /// <summary>Line id; incidents of several lines are always included.</summary>
    public string? Line { get; init; }

    /// <summary>Opened at or after, event time, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>At most this many, newest first. Default 500; 1–10,000.</summary>
    public int Limit { get; init; } = 500;
}
