using Linewatch.Analytics.Prognosis;

namespace Linewatch.Jobs.Forecasting;

/// <summary>The life of one component as its wear signal told it, from installation, or as far back as readings reach, to its replacement.</summary>
public sealed record ComponentRun
{
    /// <summary>The closed work order that ended it.</summary>
    public required string Order { get; init; }

    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id.</summary>
    public required string Machine { get; init; }

    /// <summary>What was replaced.</summary>
    public required string Component { get; init; }

    /// <summary>When it was installed, UTC; null = before anything was kept.</summary>
    public required DateTime? InstalledAt { get; init; }

    /// <summary>Whether <see cref="InstalledAt"/> was told by the signal, which went back to that of a new component, and by no order.</summary>
    public bool BeganUntold { get; init; }

    /// <summary>When it was replaced, UTC.</summary>
    public required DateTime EndedAt { get; init; }

    /// <summary>Whether it was found failed; else it was worn and would have gone on for a while.</summary>
    public required bool Failed { get; init; }

    /// <summary>Level of the signal that demanded maintenance, in its unit.</summary>
    public required double Limit { get; init; }

    /// <summary>What the machine made in an hour of this life, standing included; null where it counts nothing.</summary>
    public required double? UnitsPerHour { get; init; }

    /// <summary>When the failure was forecast for, UTC, as the order last said; null = no forecast.</summary>
    public required DateTime? PredictedAt { get; init; }

    /// <summary>The signal while running, in hours before <see cref="EndedAt"/> (negative, ascending), thinned.</summary>
    public required IReadOnlyList<WearSample> Samples { get; init; }

    /// <summary>Components that differ by their number only are of one kind: the seals of a hundred valves.</summary>
    public static string KindOf(string component) => component.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').TrimEnd();
}
