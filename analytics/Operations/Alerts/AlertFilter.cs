namespace Linewatch.Operations.Alerts;

/// <summary>Which alerts to list; a null property does not restrict.</summary>
public sealed record AlertFilter
{
    /// <summary>Only alerts that somebody still has to do something about.</summary>
    public bool OpenOnly { get; init; }

    /// <summary>Leave out what is silenced now.</summary>
    public bool WithoutSilenced { get; init; }

    /// <summary>Line id.</summary>
    public string? Line { get; init; }

    /// <summary>Machine id.</summary>
    public string? Machine { get; init; }

    /// <summary>Rule name.</summary>
    public string? Rule { get; init; }

    /// <summary>At least this severe.</summary>
    public AlertSeverity? AtLeast { get; init; }

    /// <summary>Raised at or after, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Raised before, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>At most this many, newest first. Default 500; 1–10,000.</summary>
    public int Limit { get; init; } = 500;
}
