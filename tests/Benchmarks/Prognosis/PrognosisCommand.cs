using System.CommandLine;

namespace Linewatch.Tests.Benchmarks.Prognosis;

/// <summary><c>prognosis</c>: how well remaining life and failures are told, on machines and rows not learned from.</summary>
internal static class PrognosisCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<FileInfo?> runs = new("--runs") { Description = "Runs to failure in the format of C-MAPSS, for instance train_FD001.txt." };
        Option<FileInfo?> rows = new("--rows") { Description = "CSV of rows with a known outcome, for instance of AI4I 2020." };
        Option<string> target = new("--target") { Description = "The column of the outcome.", DefaultValueFactory = _ => "Machine failure" };
        Command command = new("prognosis", "Scores of remaining life (--runs) and of the probability of failure (--rows) on folds not learned from, with bootstrap intervals.")
        {
            runs, rows, target,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(runs) is { } file)
            {
                RemainingLifeBenchmark.Run(file.FullName);
            }

            if (parsed.GetValue(rows) is { } table)
            {
                FailureBenchmark.Run(table.FullName, parsed.GetRequiredValue(target));
            }
        });
        return command;
    }
}
