using Linewatch.Analytics.Prognosis;
using Linewatch.Server.Commands.Backtests;

namespace Linewatch.Tests.Benchmarks.Prognosis;

/// <summary>
/// Probability of failure of rows not learned from: every row is told by the production model fitted on the other folds, which
/// also chose the threshold.
/// </summary>
internal static class FailureBenchmark
{
    private const int Folds = 5;

    /// <summary>Columns that give the answer away.</summary>
    private static readonly HashSet<string> Ignored = ["UDI", "Product ID", "TWF", "HDF", "PWF", "OSF", "RNF"];

    /// <summary>Runs and prints a table.</summary>
    public static void Run(string path, string target)
    {
        FailureTable table = FailureTable.Read(path);
        FailureRow[] rows = FailureColumns.Find(table, table, target, Ignored).RowsOf(table);
        bool[] failed = [.. table.Rows.Select(row => row.Cells[table.Find(target)] == "1")];
        int[] order = [.. Enumerable.Range(0, rows.Length)];
#pragma warning disable CA5394 // a deal of rows, not security
        new Random(1).Shuffle(order);
#pragma warning restore CA5394
        ClassCase[] cases = new ClassCase[rows.Length];
        for (int fold = 0; fold < Folds; fold++)
        {
            int[] learned = [.. order.Where((_, i) => i % Folds != fold)];
            FailureModel model = FailureModel.Fit([.. learned.Select(i => rows[i])], [.. learned.Select(i => failed[i])], new FailureSettings());
            foreach (int i in order.Where((_, i) => i % Folds == fold))
            {
                double probability = model.Probability(rows[i]);
                cases[i] = new ClassCase(probability, probability >= model.Threshold, failed[i]);
            }

            Console.WriteLine($"fold {fold + 1} of {Folds} told, threshold {model.Threshold:F2}");
        }

        Console.WriteLine();
        Console.WriteLine($"{target}: {cases.Length} rows, {failed.Count(one => one)} failures, each row told by a model that had not seen it [5 %, 95 % over resampled rows]");
        Bootstrap.Print("F1", cases, (drawn, _) => ClassScores.F1([.. drawn]), "0.85");
        Bootstrap.Print("MCC", cases, (drawn, _) => ClassScores.Mcc([.. drawn]), "0.85");
        Bootstrap.Print("average precision", cases, (drawn, _) => ClassScores.AveragePrecision([.. drawn]), "0.87");
        Bootstrap.Print("ROC area", cases, (drawn, _) => ClassScores.RocArea([.. drawn]), "–");
        Bootstrap.Print("Brier", cases, (drawn, _) => ClassScores.Brier([.. drawn]), "0.009");
    }
}
