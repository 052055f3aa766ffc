using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

/// <summary>Made-up machines that wear exponentially, each at its own pace, seen through three noisy signals and one that says nothing.</summary>
internal static class Wearing
{
    /// <summary>Settings that learn such machines within a second or two.</summary>
    public static readonly RemainingLifeSettings Quick = new()
    {
        Ceiling = 60,
        FewestRuns = 10,
        Folds = 3,
        Ensemble = 1,
        Trees = new BoostingSettings { Trees = 80, LearningRate = 0.1, Leaves = 8, FewestInLeaf = 10 },
    };

    /// <summary>Runs to failure.</summary>
    public static MachineRun[] Runs(int count, int seed)
    {
#pragma warning disable CA5394 // made-up machines, not secrets
        Random random = new(seed);
        return [.. Enumerable.Range(1, count).Select(unit =>
        {
            int life = random.Next(70, 160);
            double pace = 15 + (15 * random.NextDouble());
            double start = 0.2 * random.NextDouble();
            return new MachineRun(unit, [.. Enumerable.Range(1, life).Select(cycle =>
            {
                double wear = start + Math.Exp((cycle - life) / pace);
                return new[]
                {
                    600 + (8 * wear) + Noise(random), 47 - (1.5 * wear) + (0.2 * Noise(random)), 2388 + (0.4 * wear) + (0.08 * Noise(random)), 100,
                };
            })]);
        })];
#pragma warning restore CA5394
    }

    /// <summary>The run as it was known after so many cycles.</summary>
    public static MachineRun Cut(this MachineRun run, int cycles) => new(run.Unit, [.. run.Cycles.Take(cycles)]);

#pragma warning disable CA5394 // made-up machines, not secrets
    private static double Noise(Random random) => random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
#pragma warning restore CA5394
}
