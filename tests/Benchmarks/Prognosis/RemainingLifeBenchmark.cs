using Linewatch.Analytics.Prognosis;
using Linewatch.Server.Commands.Backtests;

namespace Linewatch.Tests.Benchmarks.Prognosis;

/// <summary>
/// Remaining life of machines not learned from: the runs are parted into folds by machine, each fold is told by the production model
/// fitted on the others at every cut from 31 cycles to 7 before failure, and tests of one random cut a machine are drawn from that.
/// </summary>
internal static class RemainingLifeBenchmark
{
    private const int Folds = 5;
    private const int EarliestCut = 31;
    private const int LatestCutBeforeFailure = 7;

    private sealed record Machine(int Life, double MeanLifeOfOthers, LifeCase[] Cases, LifeCase[] ByAge, Dictionary<int, double> FailsWithinInterval);

    /// <summary>Runs and prints a table.</summary>
    public static void Run(string path)
    {
        IReadOnlyList<MachineRun> runs = RunFile.Read(path);
        RemainingLifeSettings settings = new();
        List<Machine> machines = [];
        for (int fold = 0; fold < Folds; fold++)
        {
            MachineRun[] learned = [.. runs.Where((_, i) => i * Folds / runs.Count != fold)];
            RemainingLifeModel model = RemainingLifeModel.Fit(learned, settings);
            Weibull age = WeibullFit.Fit([.. learned.Select(run => new ObservedLife(run.Cycles.Count, Failed: true))])!;
            machines.AddRange(runs.Where((_, i) => i * Folds / runs.Count == fold).Select(run => Judge(run, model, age, learned, settings)));
            Console.WriteLine($"fold {fold + 1} of {Folds}: {machines.Count} machines told");
        }

        Print("cuts uniform over each life", machines, one => one.Cases, double.PositiveInfinity, settings.Ceiling);
        Print("cuts with at most 145 cycles left", machines, one => one.Cases, 145, settings.Ceiling);
        Print("the same, told by age alone (Weibull)", machines, one => one.ByAge, 145, settings.Ceiling);
        PrintDecisions(machines);
    }

    private static Machine Judge(MachineRun run, RemainingLifeModel model, Weibull age, MachineRun[] learned, RemainingLifeSettings settings)
    {
        int[] cuts = [.. Enumerable.Range(EarliestCut, run.Cycles.Count - LatestCutBeforeFailure - EarliestCut + 1)];
        LifeCase[] cases = [.. model.PredictAt(run, cuts).Select((life, i) => new LifeCase(
            run.Unit, cuts[i], run.Cycles.Count - cuts[i], life.Mean, life.Quantile(0.05), life.Quantile(0.1), life.Quantile(0.9), life.Quantile(0.95)))];
        LifeCase[] byAge = [.. cuts.Select(cut => new LifeCase(
            run.Unit,
            cut,
            run.Cycles.Count - cut,
            age.MeanRemaining(cut),
            Math.Min(settings.Ceiling, age.RemainingQuantile(cut, 0.05)),
            Math.Min(settings.Ceiling, age.RemainingQuantile(cut, 0.1)),
            Math.Min(settings.Ceiling, age.RemainingQuantile(cut, 0.9)),
            Math.Min(settings.Ceiling, age.RemainingQuantile(cut, 0.95))))];
        int[] stops = [.. Enumerable.Range(1, (run.Cycles.Count - 1) / ReplacementPolicy.Interval)
            .Select(stop => stop * ReplacementPolicy.Interval)
            .Where(stop => stop >= settings.ShortestRun)];
        Dictionary<int, double> fails = stops
            .Zip(model.PredictAt(run, stops), (stop, life) => (stop, Probability: life.ProbabilityWithin(ReplacementPolicy.Interval)))
            .ToDictionary(one => one.stop, one => one.Probability);
        return new Machine(run.Cycles.Count, learned.Average(other => other.Cycles.Count), cases, byAge, fails);
    }

    private static void Print(string title, List<Machine> machines, Func<Machine, LifeCase[]> casesOf, double most, double ceiling)
    {
        LifeCase[][] groups = [.. machines.Select(one => casesOf(one).Where(cut => cut.Truth <= most).ToArray()).Where(group => group.Length > 0)];
        Console.WriteLine();
        Console.WriteLine($"{title}: {groups.Length} machines, {groups.Sum(group => group.Length)} cuts; mean over tests of one cut a machine [5 %, 95 % of tests]");
        Bootstrap.Print("RMSE", groups, (drawn, random) => LifeScores.Rmse(OneCutEach(drawn, random), ceiling), "11.3");
        Bootstrap.Print("NASA score a hundred machines", groups, (drawn, random) => 100.0 / drawn.Count * LifeScores.Nasa(OneCutEach(drawn, random), ceiling), "225");
        Bootstrap.Print("RMSE where under 50 are left", groups, (drawn, random) => LifeScores.Rmse(OneCutEach(drawn, random).Where(one => one.Truth < 50), ceiling), "5");
        Bootstrap.Print("coverage of the 90 % band", groups, (drawn, random) => LifeScores.Coverage90(OneCutEach(drawn, random), ceiling), "0.85–0.96");
        Bootstrap.Print("mean width of the 90 % band", groups, (drawn, random) => OneCutEach(drawn, random).Average(one => one.P95 - one.P05), "32");
        Bootstrap.Print("coverage of the 80 % band", groups, (drawn, random) => LifeScores.Coverage80(OneCutEach(drawn, random), ceiling), "–");
        Bootstrap.Print("mean width of the 80 % band", groups, (drawn, random) => OneCutEach(drawn, random).Average(one => one.P90 - one.P10), "–");
    }

    private static void PrintDecisions(List<Machine> machines)
    {
        Console.WriteLine();
        Console.WriteLine($"replacement at a stop every {ReplacementPolicy.Interval} cycles: {machines.Count} machines; M, 0 is perfect [5 %, 95 % over resampled machines]");
        Bootstrap.Print("M, told by the model", machines, (drawn, _) => Excess(drawn, one => ReplacementPolicy.Run(one.Life, one.FailsWithinInterval, one.MeanLifeOfOthers)), "0.15");
        int best = Enumerable.Range(1, 40).Select(stop => stop * ReplacementPolicy.Interval)
            .MinBy(stop => Excess(machines, one => ReplacementPolicy.RunToAge(one.Life, stop)));
        Bootstrap.Print($"M, best fixed age ({best})", machines, (drawn, _) => Excess(drawn, one => ReplacementPolicy.RunToAge(one.Life, best)), "–");
        Console.WriteLine($"failed in service: {machines.Count(one => ReplacementPolicy.Run(one.Life, one.FailsWithinInterval, one.MeanLifeOfOthers).Cost > 1)} of {machines.Count}");
    }

    private static double Excess(IReadOnlyList<Machine> machines, Func<Machine, (double Cost, double Cycles)> policy) =>
        ReplacementPolicy.Excess([.. machines.Select(policy)], [.. machines.Select(one => ReplacementPolicy.RunPerfectly(one.Life))]);

    private static LifeCase[] OneCutEach(IReadOnlyList<LifeCase[]> machines, Random random)
    {
#pragma warning disable CA5394 // resampling, not security
        LifeCase[] cuts = new LifeCase[machines.Count];
        for (int i = 0; i < cuts.Length; i++)
        {
            cuts[i] = machines[i][random.Next(machines[i].Length)];
        }
#pragma warning restore CA5394

        return cuts;
    }
}
