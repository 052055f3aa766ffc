using Linewatch.Analytics.Spc;

namespace Linewatch.Server.Quality;

/// <summary>A control chart of a signal while its machine ran; values in the signal's unit (UCUM), times UTC.</summary>
/// <param name="Signal">Path of the signal.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">UCUM.</param>
/// <param name="Values">Values read while the machine ran.</param>
/// <param name="Chart">The chart; null when there are too few values, and <paramref name="Refusal"/> says so.</param>
/// <param name="Capability">Capability against the specification, or why none is given.</param>
/// <param name="Refusal">Why there is no chart; null when there is one.</param>
public sealed record ChartAnswer(string Signal, string Name, string Unit, int Values, ControlChart? Chart, CapabilityStudy Capability, string? Refusal);

/// <summary>Like components of a machine compared with one another: the valves of a filler, the heads of a capper.</summary>
/// <param name="Machine">Machine id.</param>
/// <param name="Family">What their signals have in common.</param>
/// <param name="Unit">UCUM.</param>
/// <param name="Components">How many there are.</param>
/// <param name="Judged">How many had values enough to be judged.</param>
/// <param name="Odd">Those that differ from their like, the worst first.</param>
/// <param name="Fill">Fill law over all of them; null unless they measure fills of products with a nominal volume.</param>
public sealed record FamilyAnswer(
    string Machine, string Family, string Unit, int Components, int Judged, IReadOnlyList<OddSignal> Odd, FillAnswer? Fill);

/// <summary>A component that differs.</summary>
/// <param name="Signal">Path of its signal.</param>
/// <param name="Name">Display name.</param>
/// <param name="Shift">Its mean less the median of all, in the unit.</param>
/// <param name="Score">The shift over the standard deviation of sound components' means.</param>
/// <param name="SpreadRatio">Its standard deviation over the median of all.</param>
public sealed record OddSignal(string Signal, string Name, double Shift, double Score, double SpreadRatio);

/// <summary>
/// The packers' rules of the EU fill law (76/211/EEC) and what was given away. Machines that publish means of several fills
/// hide single bad ones: rules 2 and 3 then hold for those means only.
/// </summary>
/// <param name="Product">Product id.</param>
/// <param name="Nominal">Nominal volume, ml.</param>
/// <param name="Tu1">Lower limit for most units, ml.</param>
/// <param name="Tu2">Lower limit for every unit, ml.</param>
/// <param name="Values">Values judged.</param>
/// <param name="Mean">Mean fill, ml.</param>
/// <param name="IsMeanKept">Rule 1: the mean is not below nominal.</param>
/// <param name="BelowTu1">Values below TU1; at most 2 % may be.</param>
/// <param name="IsTu1Kept">Rule 2.</param>
/// <param name="BelowTu2">Values below TU2.</param>
/// <param name="IsTu2Kept">Rule 3: none is below TU2.</param>
/// <param name="LitresPerThousand">Given away per thousand units, litres; negative when less than nominal is filled.</param>
/// <param name="CostPerThousand">The same in the plant's currency; null without a price.</param>
public sealed record FillAnswer(
    string Product, double Nominal, double Tu1, double Tu2, long Values, double Mean, bool IsMeanKept, long BelowTu1, bool IsTu1Kept,
    long BelowTu2, bool IsTu2Kept, double LitresPerThousand, decimal? CostPerThousand);

/// <summary>What a chart of counted defects is about.</summary>
public enum DefectSubject
{
    /// <summary>p chart: units the machine rejected, of those it processed.</summary>
    Rejects,

    /// <summary>u chart: failures of the machine's own in each hour it ran.</summary>
    Failures,
}

/// <summary>A p or u chart of one machine; times UTC.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Subject">What is counted.</param>
/// <param name="Minutes">Length of the stretch of each point.</param>
/// <param name="Chart">The chart; null when there is none, and <paramref name="Refusal"/> says why.</param>
/// <param name="Refusal">Why there is no chart; null when there is one.</param>
public sealed record DefectAnswer(string Line, string Machine, DefectSubject Subject, int Minutes, DefectChart? Chart, string? Refusal);

/// <summary>
/// Pasteurisation units of bottles by when they left; 1 PU is a minute at 60 °C. From the zones' temperatures, which are
/// the spray's: the product lags behind.
/// </summary>
/// <param name="Machine">Machine id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Zones">Zones in order.</param>
/// <param name="Passages">One every five minutes in which bottles left, oldest first.</param>
public sealed record PasteuriserAnswer(string Machine, string Name, IReadOnlyList<ZoneAnswer> Zones, IReadOnlyList<PasteuriserPassage> Passages)
{
    /// <summary>Usual least of a pasteurised product, PU.</summary>
    public const double UsualLeast = 15;

    /// <summary>Usual most, PU: more spoils the taste.</summary>
    public const double UsualMost = 30;

    /// <summary>Passages below the usual least.</summary>
    public int TooFew => Passages.Count(passage => passage.Units < UsualLeast);

    /// <summary>Passages above the usual most.</summary>
    public int TooMany => Passages.Count(passage => passage.Units > UsualMost);
}

/// <summary>A zone of a pasteuriser.</summary>
/// <param name="Signal">Path of its temperature.</param>
/// <param name="Name">Display name.</param>
/// <param name="Minutes">How long a bottle is in it while the machine runs.</param>
public sealed record ZoneAnswer(string Signal, string Name, double Minutes);
