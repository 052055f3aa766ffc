using Linewatch.Operations.Alerts;

namespace Linewatch.Operations.Rules;

/// <summary>What another engine found (an anomaly, an SPC signal, bad health, an unbalanced count), for the rules to judge.</summary>
public sealed record AlertFinding
{
    /// <summary>Name of the engine: <c>anomaly</c>, <c>sensor-fault</c>, <c>spc</c>, <c>health</c>, <c>balance</c>.</summary>
    public required string Detector { get; init; }

    /// <summary>Kind and version of the detector that found it, such as <c>duty 2</c>; null where the engine has no detectors.</summary>
    public string? FoundBy { get; init; }

    /// <summary>Where.</summary>
    public required AlertSource Source { get; init; }

    /// <summary>Whether it stands (true) or is over (false).</summary>
    public required bool IsActive { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime EventTime { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>The value found; null where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>Lower end of what was expected; null = none.</summary>
    public double? ExpectedLower { get; init; }

    /// <summary>Upper end of what was expected; null = none.</summary>
    public double? ExpectedUpper { get; init; }

    /// <summary>UCUM unit of value and band.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Journal position of the message it came from; 0 where it came from none.</summary>
    public long JournalPosition { get; init; }
}
