using Linewatch.Plants;
using MathNet.Numerics;

namespace Linewatch.Analytics.Anomalies;

/// <summary>How a <see cref="SignalMonitor"/> judges.</summary>
public sealed record SignalMonitorOptions
{
    /// <summary>The defaults: few false alarms over months of readings.</summary>
    public static SignalMonitorOptions Default { get; } = new();

    /// <summary>Which detectors watch. Default all.</summary>
    public DetectorSet Detectors { get; init; } = DetectorSet.Full;

    /// <summary>Detectors chosen one by one, instead of a set; empty = those of <see cref="Detectors"/>. Default none.</summary>
    public IReadOnlyList<SignalDetector> Members { get; init; } = [];

    /// <summary>Surprise from which a reading is an alarm: decades of tail probability, summed over the detectors of a set. Default 8.75; range 1 to
    /// 60. For <see cref="Members"/> it is the score that a sum of so many surprises exceeds by chance once in 10^(AlarmScore − 4.75)
    /// readings, by default one in ten thousand.</summary>
    public double AlarmScore { get; init; } = 8.75;

    /// <summary>
    /// Judged readings over which the surprise is averaged (exponentially) before it is held against <see cref="AlarmScore"/>:
    /// 1 tells of a single odd reading, more wait until it lasts. Of a set only; chosen <see cref="Members"/> have 1. Default 4; range 1 to 1,000.
    /// </summary>
    public double Persistence { get; init; } = 4;

    /// <summary>Readings closer together are averaged over this event time before the detectors see them. Default 1 minute; range 0 to 1 day.</summary>
    public TimeSpan Cadence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Rest after an alarm of an anomaly, in judged readings: the anomaly is known by then. Default 120; range 0 to 1,000,000.</summary>
    public int RestReadings { get; init; } = 120;

    /// <summary>Judged readings of a baseline before it may alarm. Default 720, half a day at one a minute; range 30 to 1,000,000.</summary>
    public int LearningReadings { get; init; } = 720;

    /// <summary>Time after the machine began to produce in which readings are left out. Default 2 minutes; range 0 to 1 day.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Half the width of the expected band, in usual deviations. Default 4; range 1 to 20.</summary>
    public double BandSpreads { get; init; } = 4;

    /// <summary>Fewest equal readings in a row that are called frozen. Default 120; range 10 to 1,000,000.</summary>
    public int FrozenReadings { get; init; } = 120;

    /// <summary>
    /// Jump from which a lone reading is called a spike, in usual deviations. As it takes the next reading to see that it was a lone one, every reading is judged
    /// when the next is there; infinite = figures that no sensor measures: a lone odd one is an event, as is a 0, and each is judged at once. Default 10; range 4 to 100, or infinite.
    /// </summary>
    public double SpikeSpreads { get; init; } = 10;

    /// <summary>
    /// A reading further than this from what was expected, in usual deviations, is judged and learned as if it were this far: what is wild is odd enough, and must not
    /// become the measure of what is odd. Default 30; range 10 to 1,000, or infinite.
    /// </summary>
    public double ClipSpreads { get; init; } = 30;

    /// <summary>Baselines kept (product × programme × speed band); the one unused for longest goes first. Default 16; range 1 to 256.</summary>
    public int Baselines { get; init; } = 16;

    /// <summary>The detectors that watch.</summary>
    public IReadOnlyList<SignalDetector> Watching => Members.Count > 0 ? Members : Detectors == DetectorSet.Cheap ? Cheap : Full;

    private const double MembersDecades = 4.75;

    private static readonly SignalDetector[] Cheap =
    [
        SignalDetector.Residual, SignalDetector.ResidualMean, SignalDetector.ResidualRange, SignalDetector.Range, SignalDetector.StepRange, SignalDetector.Quietness,
    ];

    private static readonly SignalDetector[] Full = [.. Cheap, SignalDetector.SpectralResidual, SignalDetector.NearestNeighbour];

    /// <summary>Persistence of the detectors that watch: what few of them tell is soon learned, an average would hide it.</summary>
    internal double PersistenceOfWatching => Members.Count > 0 ? 1 : Persistence;

    /// <summary>The alarm score of the detectors that watch.</summary>
    /// <remarks>The sum of n surprises of chance alone, each exponential with mean 1/ln 10, is a gamma variable of shape n.</remarks>
    internal double ScoreOfWatching()
    {
        if (Members.Count == 0)
        {
            return AlarmScore;
        }

        double wanted = Math.Pow(10, MembersDecades - AlarmScore);
        double low = 0;
        double high = 4 * (AlarmScore + Members.Count);
        while (high - low > 1e-6)
        {
            double middle = (low + high) / 2;
            (low, high) = SpecialFunctions.GammaUpperRegularized(Members.Count, middle * Math.Log(10)) > wanted ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>The values out of range: each as one sentence with name, limits and actual; empty when all is well.</summary>
    public IReadOnlyList<string> Faults()
    {
        List<string> faults = [];
        Check(nameof(AlarmScore), AlarmScore, 1, 60);
        Check(nameof(Cadence) + " (s)", Cadence.TotalSeconds, 0, 86_400);
        Check(nameof(Persistence), Persistence, 1, 1000);
        Check(nameof(RestReadings), RestReadings, 0, 1_000_000);
        Check(nameof(LearningReadings), LearningReadings, 30, 1_000_000);
        Check(nameof(Settling) + " (s)", Settling.TotalSeconds, 0, 86_400);
        Check(nameof(BandSpreads), BandSpreads, 1, 20);
        Check(nameof(FrozenReadings), FrozenReadings, 10, 1_000_000);
        CheckOrInfinite(nameof(SpikeSpreads), SpikeSpreads, 4, 100);
        CheckOrInfinite(nameof(ClipSpreads), ClipSpreads, 10, 1000);
        Check(nameof(Baselines), Baselines, 1, 256);
        return faults;

        void CheckOrInfinite(string name, double value, double least, double most)
        {
            if (!double.IsPositiveInfinity(value))
            {
                Check(name, value, least, most);
            }
        }

        void Check(string name, double value, double least, double most)
        {
            if (!(value >= least && value <= most))
            {
                faults.Add(FormattableString.Invariant($"{name} is {value}; allowed is {least} to {most}"));
            }
        }
    }
}
