namespace Linewatch.Analytics.Spc;

/// <summary>
/// Keeps count of fills against the packers' rules and of what was given away. Not thread-safe.
/// </summary>
/// <param name="nominal">Nominal quantity Qn in ml, 5 … 10 000.</param>
/// <param name="allowedBelowTu1">Share allowed below TU1: 0.02 by German guidance, 0.025 in the United Kingdom.</param>
public sealed class FillCheck(double nominal, double allowedBelowTu1 = 0.02)
{
    private readonly double _tu1 = FillLaw.Tu1(nominal);
    private readonly double _tu2 = FillLaw.Tu2(nominal);
    private double _sum;

    /// <summary>Units measured.</summary>
    public long Units { get; private set; }

    /// <summary>Units below TU1, those below TU2 included.</summary>
    public long BelowTu1 { get; private set; }

    /// <summary>Units below TU2.</summary>
    public long BelowTu2 { get; private set; }

    /// <summary>Mean fill in ml; null before the first unit.</summary>
    public double? Mean => Units == 0 ? null : nominal + (_sum / Units);

    /// <summary>Rule 1: the mean is not below nominal. Null before the first unit.</summary>
    public bool? IsMeanKept => Units == 0 ? null : _sum >= 0;

    /// <summary>Rule 2: not too many units below TU1. Null before the first unit.</summary>
    public bool? IsTu1Kept => Units == 0 ? null : BelowTu1 <= allowedBelowTu1 * Units;

    /// <summary>Rule 3: no unit below TU2. Null before the first unit.</summary>
    public bool? IsTu2Kept => Units == 0 ? null : BelowTu2 == 0;

    /// <summary>What was filled beyond nominal, in litres; negative when less.</summary>
    public double GiveAwayLitres => _sum / 1000;

    /// <summary>Takes one unit's fill in ml.</summary>
    public void Add(double fill)
    {
        Units++;
        _sum += fill - nominal;
        BelowTu1 += fill < _tu1 ? 1 : 0;
        BelowTu2 += fill < _tu2 ? 1 : 0;
    }

    /// <summary>What the give-away costs, in the plant's currency.</summary>
    /// <param name="pricePerLitre">Cost of a litre of product.</param>
    public decimal GiveAwayCost(decimal pricePerLitre) => (decimal)GiveAwayLitres * pricePerLitre;
}
