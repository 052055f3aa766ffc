namespace Linewatch.Analytics.Spc;

/// <summary>Zones of ISO 20816-3 (ISO 10816-3 has the same values).</summary>
public enum VibrationZone
{
    /// <summary>Newly commissioned machines.</summary>
    A,

    /// <summary>Unrestricted long-term operation.</summary>
    B,

    /// <summary>Not for long-term operation: plan maintenance.</summary>
    C,

    /// <summary>Damage is likely.</summary>
    D,
}

/// <summary>Zone limits for a class of machines, mm/s RMS. A value on a limit belongs to the worse zone.</summary>
public readonly record struct VibrationLimits(double AB, double BC, double CD)
{
    /// <summary>Group 1 (over 300 kW), rigid support.</summary>
    public static VibrationLimits Group1Rigid { get; } = new(2.3, 4.5, 7.1);

    /// <summary>Group 1 (over 300 kW), flexible support.</summary>
    public static VibrationLimits Group1Flexible { get; } = new(3.5, 7.1, 11.0);

    /// <summary>Group 2 (15 to 300 kW), rigid support.</summary>
    public static VibrationLimits Group2Rigid { get; } = new(1.4, 2.8, 4.5);

    /// <summary>Group 2 (15 to 300 kW), flexible support.</summary>
    public static VibrationLimits Group2Flexible { get; } = new(2.3, 4.5, 7.1);

    /// <summary>ISO 10816-1 class I, for machines below 15 kW, to which part 3 does not apply.</summary>
    public static VibrationLimits SmallMachines { get; } = new(0.71, 1.8, 4.5);

    /// <summary>The limits for a rated power in kW on a rigid or flexible support.</summary>
    public static VibrationLimits For(double kilowatt, bool isFlexible) => kilowatt switch
    {
        < 15 => SmallMachines,
        <= 300 => isFlexible ? Group2Flexible : Group2Rigid,
        _ => isFlexible ? Group1Flexible : Group1Rigid,
    };

    /// <summary>Zone of a broad-band velocity in mm/s RMS.</summary>
    public VibrationZone Zone(double velocity) =>
        velocity < AB ? VibrationZone.A : velocity < BC ? VibrationZone.B : velocity < CD ? VibrationZone.C : VibrationZone.D;

    /// <summary>Whether a change between two velocities is significant whatever the zone: more than a quarter of the B/C limit.</summary>
    public bool IsSignificantChange(double before, double after) => Math.Abs(after - before) > BC / 4;
}
