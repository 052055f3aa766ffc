using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Linewatch.Analytics.Prognosis;
using Linewatch.Server.Commands.Backtests;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch backtest failure</c>: learns from rows of measurements with a known outcome and tells the probability of failure of others.</summary>
internal static class BacktestFailureCommand
{
    /// <summary>Columns of well-known tables that name the kind of the failure, the row or the product.</summary>
    private static readonly string[] UsuallyIgnored = ["UDI", "Product ID", "TWF", "HDF", "PWF", "OSF", "RNF"];

    /// <summary>The command, to be put below <c>backtest</c>.</summary>
    public static Command Create()
    {
        Option<FileInfo> train = new("--train") { Description = "CSV with a header: measurements and kinds of machines, and whether they failed.", Required = true };
        Option<FileInfo> test = new("--test") { Description = "CSV with the same columns; the target may be missing and is not read.", Required = true };
        Option<string> target = new("--target") { Description = "The column that is 1 where the machine failed, else 0.", Required = true };
        Option<FileInfo> output = new("--out", "-o") { Description = "CSV to write: row,probability,class; rows count from 1.", Required = true };
        Option<string[]> ignore = new("--ignore")
        {
            Description = "Columns not to learn from because they give the answer away.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => UsuallyIgnored,
        };
        Command command = new("failure", "Learns the probability of a failure from rows of measurements and tells it for others. Columns that count rows or name products are left out. Exit codes: 0 done, 2 wrong input or too little of it.")
        {
            train, test, target, output, ignore,
        };
        command.SetAction(parsed =>
        {
            try
            {
                return Run(
                    parsed.GetRequiredValue(train).FullName,
                    parsed.GetRequiredValue(test).FullName,
                    parsed.GetRequiredValue(target),
                    parsed.GetRequiredValue(output).FullName,
                    parsed.GetRequiredValue(ignore));
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine("backtest failure: " + exception.Message);
                return ExitCode.BadInput;
            }
        });
        return command;
    }

    private static int Run(string train, string test, string target, string output, string[] ignored)
    {
        Stopwatch watch = Stopwatch.StartNew();
        FailureTable learned = FailureTable.Read(train);
        FailureTable judged = FailureTable.Read(test);
        FailureColumns columns = FailureColumns.Find(learned, judged, target, ignored.ToHashSet(StringComparer.Ordinal));
        bool[] failed = Outcomes(learned, target);
        FailureSettings settings = new();
        if (FailureModel.Refusal(failed, settings) is { } refusal)
        {
            throw new InvalidDataException($"{train}: {refusal}");
        }

        Console.WriteLine($"{failed.Length} rows with {failed.Count(one => one)} failures; learns from {string.Join(", ", columns.Used)}");
        Console.WriteLine($"left out: {string.Join(", ", columns.LeftOut)}");
        FailureModel model = FailureModel.Fit(columns.RowsOf(learned), failed, settings, new ConsoleProgress());
        double[] probabilities = [.. columns.RowsOf(judged).Select(model.Probability)];
        File.WriteAllLines(output, probabilities
            .Select((probability, row) => string.Create(CultureInfo.InvariantCulture, $"{row + 1},{probability:F6},{(probability >= model.Threshold ? 1 : 0)}"))
            .Prepend("row,probability,class"));
        Console.WriteLine(FormattableString.Invariant(
            $"{probabilities.Length} rows in {output}, {probabilities.Count(one => one >= model.Threshold)} classed as failures; {watch.Elapsed.TotalSeconds:F1} s"));
        return ExitCode.Ok;
    }

    private static bool[] Outcomes(FailureTable table, string target)
    {
        int column = table.Find(target);
        if (column < 0)
        {
            throw new InvalidDataException($"{table.Path} has no column '{target}'; it has: {string.Join(", ", table.Columns)}");
        }

        return [.. table.Rows.Select(row => row.Cells[column] switch
        {
            "0" => false,
            "1" => true,
            string other => throw new InvalidDataException($"{table.Path}, line {row.Line}, column '{target}': '{other}'; 0 and 1 are allowed"),
        })];
    }
}
