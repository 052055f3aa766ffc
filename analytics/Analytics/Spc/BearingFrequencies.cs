namespace Linewatch.Analytics.Spc;

/// <summary>Frequencies at which a rolling bearing's defects show, in Hz, for a rotating inner ring without slip.</summary>
/// <param name="Outer">BPFO: balls passing a point of the outer ring.</param>
/// <param name="Inner">BPFI: balls passing a point of the inner ring.</param>
/// <param name="Cage">FTF: turns of the cage.</param>
/// <param name="Ball">BSF: turns of a ball.</param>
public readonly record struct BearingFrequencies(double Outer, double Inner, double Cage, double Ball)
{
    /// <summary>Computes the frequencies from the geometry.</summary>
    /// <param name="balls">Number of balls.</param>
    /// <param name="ballDiameter">Ball diameter d, in the unit of <paramref name="pitchDiameter"/>.</param>
    /// <param name="pitchDiameter">Pitch diameter D.</param>
    /// <param name="contactAngle">Contact angle in degrees.</param>
    /// <param name="revolutionsPerMinute">Shaft speed.</param>
    public static BearingFrequencies Of(int balls, double ballDiameter, double pitchDiameter, double contactAngle, double revolutionsPerMinute)
    {
        double shaft = revolutionsPerMinute / 60;
        double ratio = ballDiameter / pitchDiameter * Math.Cos(contactAngle * Math.PI / 180);
        return new BearingFrequencies(
            balls / 2.0 * shaft * (1 - ratio),
            balls / 2.0 * shaft * (1 + ratio),
            shaft / 2 * (1 - ratio),
            pitchDiameter / (2 * ballDiameter) * shaft * (1 - (ratio * ratio)));
    }
}
