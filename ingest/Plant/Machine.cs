namespace Linewatch.Plants;

/// <summary>One machine (ISA-95 work unit) of a line. Immutable.</summary>
public sealed class Machine
{
    /// <summary>Identifier within the line.</summary>
    public required string Id { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Kind in the field's words: depalletiser, rinser, filler, capper, inspector, pasteuriser, labeller, packer, palletiser, utility …</summary>
    public string Kind { get; init; } = "";

    /// <summary>Highest speed the machine is built for, units per hour; null = unknown. Together the line's V-graph.</summary>
    public double? DesignRatePerHour { get; init; }

    /// <summary>Rated power of the main drive in kW, which decides whether ISO 20816-3 applies; null = unknown.</summary>
    public double? RatedPowerKilowatt { get; init; }

    /// <summary>How stiffly it stands, which decides the limits of ISO 20816-3; rigid, the stricter, where the plant file says nothing.</summary>
    public VibrationSupport Support { get; init; }

    /// <summary>The detector that watches its signals together once a model is trained; null = each signal is watched by itself.</summary>
    public RowDetector? RowDetector { get; init; }

    /// <summary>How the machine's codes translate to buckets.</summary>
    public required StateMap States { get; init; }

    /// <summary>Its signals, in file order.</summary>
    public required IReadOnlyList<Signal> Signals { get; init; }

    /// <summary>The first signal of a role, or null.</summary>
    public Signal? Find(SignalRole role)
    {
        foreach (Signal signal in Signals)
        {
            if (signal.Role == role)
            {
                return signal;
            }
        }

        return null;
    }
}
