using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Linewatch.Plants;

namespace Linewatch.Server.Commands;

/// <summary>
/// <c>linewatch backtest oee</c>: runs recorded messages through the production path without a broker and writes shift
/// records and stops as CSV in the columns of the virtual plant's truth, so that anyone can compare.
/// </summary>
internal static class BacktestOeeCommand
{
    /// <summary>The command, to be put below <c>backtest</c>. Exit codes: 0 done, 1 the messages cannot be read or the results not written, 2 bad arguments or plant file.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo> messages = new("--messages")
        {
            Description = "Folder with *.jsonl files (or with a folder messages/ of them), one message a line: {\"publish\":…,\"topic\":…,\"payload\":…}.",
            Required = true,
        };
        Option<FileInfo> plant = new("--plant") { Description = "The plant.yaml that describes the machines.", Required = true };
        Option<DirectoryInfo> results = new("--out") { Description = "Folder for shifts.csv, stops.csv and clocks.csv; made when missing.", Required = true };
        Option<DirectoryInfo?> truth = new("--truth")
        {
            Description = "Folder with the true shifts.csv and stops.csv in the same columns: prints how far the results are off, writes differences.csv, and exits with 1 beyond the goals.",
        };
        Command command = new("oee", "Computes OEE, stops and their causes from recorded messages; writes shifts.csv and stops.csv.")
        {
            messages, plant, results, truth,
        };
        command.SetAction((arguments, cancellationToken) => Task.FromResult(Run(
            arguments.GetRequiredValue(messages),
            arguments.GetRequiredValue(plant),
            arguments.GetRequiredValue(results),
            arguments.GetValue(truth),
            cancellationToken)));
        return command;
    }

    private static int Run(DirectoryInfo messages, FileInfo plantFile, DirectoryInfo results, DirectoryInfo? truth, CancellationToken cancellationToken)
    {
        PlantFile file = PlantFile.Read(plantFile.FullName);
        foreach (PlantFault fault in file.Faults)
        {
            Console.Error.WriteLine(fault);
        }

        if (file.Plant is not { } plant)
        {
            return ExitCode.BadInput;
        }

        try
        {
            Stopwatch watch = Stopwatch.StartNew();
            TimeSpan told = TimeSpan.Zero;
            BacktestOee backtest = new(plant);
            foreach (RecordedMessage message in RecordedMessages.In(messages))
            {
                backtest.Take(message);
                if (backtest.Messages % 4096 == 0)
                {
                    if (cancellationToken.IsCancellationRequested)
                    {
                        return ExitCode.Failed;
                    }

                    if (watch.Elapsed - told > TimeSpan.FromSeconds(2))
                    {
                        told = watch.Elapsed;
                        Console.Error.WriteLine(string.Create(
                            CultureInfo.InvariantCulture,
                            $"{message.PublishTime:u}: {backtest.Messages:N0} messages, {backtest.Shifts:N0} shifts, {told.TotalSeconds:F0} s"));
                    }
                }
            }

            backtest.Finish();
            results.Create();
            backtest.WriteShifts(Path.Combine(results.FullName, "shifts.csv"));
            backtest.WriteStops(Path.Combine(results.FullName, "stops.csv"));
            backtest.WriteClocks(Path.Combine(results.FullName, "clocks.csv"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{backtest.Messages:N0} messages, {backtest.Readings:N0} readings, {backtest.Duplicates:N0} duplicates, {backtest.Quarantined:N0} quarantined; {backtest.Shifts:N0} shifts, {backtest.Revisions:N0} restated; {watch.Elapsed.TotalSeconds:F1} s"));
            return truth is null ? ExitCode.Ok : Compare(results.FullName, truth.FullName, plant);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine(fault.Message);
            return ExitCode.Failed;
        }
    }

    private static int Compare(string results, string truth, Plant plant)
    {
        OeeComparison comparison = new(results, truth, plant.Lines.ToDictionary(line => line.Id, line => line.CriticalMachine.Id));
        comparison.WriteDifferences(Path.Combine(results, "differences.csv"));
        Console.WriteLine(OeeComparison.Heading);
        Console.WriteLine(comparison);
        return comparison.Passes ? ExitCode.Ok : ExitCode.Failed;
    }
}
