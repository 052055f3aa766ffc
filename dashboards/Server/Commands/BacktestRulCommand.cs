using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Linewatch.Analytics.Prognosis;
using Linewatch.Server.Commands.Backtests;

namespace Linewatch.Server.Commands;

/// <summary>
/// <c>linewatch backtest rul</c>: learns from runs to failure and tells the remaining life of other machines, each from
/// its own cycles so far.
/// </summary>
internal static class BacktestRulCommand
{
    private static readonly double[] Shares = [0.05, 0.10, 0.50, 0.90, 0.95];

    /// <summary>The command, to be put below <c>backtest</c>.</summary>
    public static Command Create()
    {
        Option<FileInfo> train = new("--train") { Description = "Runs to failure as in C-MAPSS: numbers between blanks; unit, cycle from 1, three settings, signals.", Required = true };
        Option<FileInfo> test = new("--test") { Description = "Runs that end before the failure, in the same format with the same signals.", Required = true };
        Option<FileInfo> output = new("--out", "-o") { Description = "CSV to write: unit,rul,p05,p10,p50,p90,p95 in cycles, one line a unit, at its last cycle.", Required = true };
        Option<int> ceiling = new("--ceiling") { Description = "Longest life that is told, in cycles; 10–10000.", DefaultValueFactory = _ => new RemainingLifeSettings().Ceiling };
        ceiling.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 10 or > 10_000)
            {
                result.AddError($"--ceiling is {result.GetValueOrDefault<int>()}; 10–10000 cycles are allowed");
            }
        });
        Command command = new("rul", "Learns remaining life from runs to failure and tells it, with a band, for other machines. Exit codes: 0 done, 2 wrong input or too little of it.")
        {
            train, test, output, ceiling,
        };
        command.SetAction(parsed =>
        {
            try
            {
                return Run(
                    parsed.GetRequiredValue(train).FullName,
                    parsed.GetRequiredValue(test).FullName,
                    parsed.GetRequiredValue(output).FullName,
                    new RemainingLifeSettings { Ceiling = parsed.GetValue(ceiling) });
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine("backtest rul: " + exception.Message);
                return ExitCode.BadInput;
            }
        });
        return command;
    }

    private static int Run(string train, string test, string output, RemainingLifeSettings settings)
    {
        Stopwatch watch = Stopwatch.StartNew();
        IReadOnlyList<MachineRun> failed = RunFile.Read(train);
        IReadOnlyList<MachineRun> running = RunFile.Read(test);
        if (RemainingLifeModel.Refusal(failed, settings) is { } refusal)
        {
            PrintByAge(failed, running);
            throw new InvalidDataException($"{train}: {refusal}");
        }

        if (running.FirstOrDefault(run => run.Cycles.Count < settings.ShortestRun) is { } tooShort)
        {
            throw new InvalidDataException($"{test}: unit {tooShort.Unit} has {tooShort.Cycles.Count} cycles, {settings.ShortestRun} are needed");
        }

        if (running[0].Cycles[0].Length != failed[0].Cycles[0].Length)
        {
            throw new InvalidDataException($"{test} has {running[0].Cycles[0].Length} signals, {train} {failed[0].Cycles[0].Length}; they must be the same");
        }

        Console.WriteLine($"{failed.Count} runs to failure, {failed.Sum(run => run.Cycles.Count)} cycles; {running.Count} running units");
        RemainingLifeModel model = RemainingLifeModel.Fit(failed, settings, new ConsoleProgress());
        string[] lines =
        [
            "unit,rul,p05,p10,p50,p90,p95",
            .. running.Select(run =>
            {
                RemainingLife life = model.Predict(run);
                return string.Join(',', [
                    run.Unit.ToString(CultureInfo.InvariantCulture),
                    .. Shares.Select(life.Quantile).Prepend(life.Mean).Select(cycles => cycles.ToString("F2", CultureInfo.InvariantCulture))]);
            }),
        ];
        File.WriteAllLines(output, lines);
        Console.WriteLine(FormattableString.Invariant($"{running.Count} remaining lives in {output}; {watch.Elapsed.TotalSeconds:F1} s"));
        return ExitCode.Ok;
    }

    /// <summary>What can still be said where there are too few runs to failure: how likely each unit fails at its age.</summary>
    private static void PrintByAge(IReadOnlyList<MachineRun> failed, IReadOnlyList<MachineRun> running)
    {
        Weibull? life = WeibullFit.Fit([
            .. failed.Select(run => new ObservedLife(run.Cycles.Count, Failed: true)),
            .. running.Select(run => new ObservedLife(run.Cycles.Count, Failed: false))]);
        if (life is null)
        {
            return;
        }

        Console.WriteLine(FormattableString.Invariant($"by age alone (Weibull shape {life.Shape:F2}, scale {life.Scale:F0} cycles):"));
        foreach (MachineRun run in running)
        {
            int age = run.Cycles.Count;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"unit {run.Unit} at cycle {age} fails within 10 cycles with {life.ConditionalFailureProbability(age, 10):P1}, within 50 with {life.ConditionalFailureProbability(age, 50):P1}, within 100 with {life.ConditionalFailureProbability(age, 100):P1}"));
        }
    }
}
