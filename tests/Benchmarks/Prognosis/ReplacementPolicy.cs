namespace Linewatch.Tests.Benchmarks.Prognosis;

/// <summary>
/// The decision metric M of Kamariotis et al. 2024 (RESS 242:109723): by how much the cost a cycle of replacing on what
/// was told exceeds that of knowing the day of failure. Parts can be replaced at a stop every ten cycles for 1; a failure costs 5.
/// </summary>
internal static class ReplacementPolicy
{
    /// <summary>Cycles from one planned stop to the next.</summary>
    public const int Interval = 10;

    private const double Planned = 1;
    private const double Failure = 5;

    /// <summary>
    /// Runs a machine to its replacement or failure: at each stop it is replaced when running on until the next would cost more
    /// in failures than the cycles are worth at the long-run cost rate.
    /// </summary>
    /// <param name="life">Cycles until it would fail.</param>
    /// <param name="failsWithinInterval">By stop, the probability told then of a failure before the next; NaN where nothing is told.</param>
    /// <param name="meanLife">Mean life of the machines learned from, in cycles.</param>
    public static (double Cost, double Cycles) Run(int life, IReadOnlyDictionary<int, double> failsWithinInterval, double meanLife)
    {
        double rate = Planned / meanLife;
        for (int stop = Interval; stop < life; stop += Interval)
        {
            if (failsWithinInterval.TryGetValue(stop, out double probability)
                && (Failure - Planned) * probability > rate * Interval * (1 - (probability / 2)))
            {
                return (Planned, stop);
            }
        }

        return (Failure, life);
    }

    /// <summary>Replaces at a fixed stop, whatever is told.</summary>
    public static (double Cost, double Cycles) RunToAge(int life, int stop) => stop < life ? (Planned, stop) : (Failure, life);

    /// <summary>Replaces at the last stop before the failure.</summary>
    public static (double Cost, double Cycles) RunPerfectly(int life) =>
        life > Interval ? (Planned, (life - 1) / Interval * Interval) : (Failure, life);

    /// <summary>M: 0 is perfect.</summary>
    public static double Excess(IReadOnlyCollection<(double Cost, double Cycles)> ours, IReadOnlyCollection<(double Cost, double Cycles)> perfect) =>
        (Rate(ours) / Rate(perfect)) - 1;

    private static double Rate(IReadOnlyCollection<(double Cost, double Cycles)> lives) => lives.Sum(one => one.Cost) / lives.Sum(one => one.Cycles);
}
