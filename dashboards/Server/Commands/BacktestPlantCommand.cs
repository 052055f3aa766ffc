using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Linewatch.Analytics.Anomalies;
using Linewatch.BottlingPlant;
using Linewatch.Plants;
using Linewatch.Server.Commands.Backtests;

namespace Linewatch.Server.Commands;

/// <summary>
/// <c>linewatch backtest plant</c>: the virtual plant's messages through decoder, line analysis and watches, marked by the
/// plant's truth: which failures were found, how early, and how many alerts were false.
/// </summary>
internal static class BacktestPlantCommand
{
    private static readonly DateTime Start = new(2026, 3, 2, 5, 0, 0, DateTimeKind.Utc);

    /// <summary>The command, to be put below <c>backtest</c>. Exit codes: 0 done, 1 the results cannot be written, 2 bad arguments.</summary>
    public static Command Create()
    {
        Option<int> days = new("--days") { Description = "Days to simulate, 1 to 365.", DefaultValueFactory = _ => 56 };
        Option<int> lines = new("--lines") { Description = "Lines of the plant, 1 to 200.", DefaultValueFactory = _ => 3 };
        Option<ulong[]> seeds = new("--seeds") { Description = "Seeds, one run each.", DefaultValueFactory = _ => [1, 2, 3], AllowMultipleArgumentsPerToken = true };
        Option<string?> chaos = new("--chaos") { Description = "What goes wrong on the way, as linewatch-sim takes it: some, or settings." };
        Option<int> train = new("--train") { Description = "Days after which each machine's model is trained on what came so far and promoted by the training's rule; 0 = the monitors learn by themselves." };
        Option<RowDetector?> rows = new("--rows") { Description = "Detector that watches the signals of each machine together, once trained: " + string.Join(", ", Enum.GetNames<RowDetector>()) + "." };
        Option<DirectoryInfo> results = new("--out") { Description = "Folder for alerts.csv and the truth of each seed, and the table; made when missing.", Required = true };
        Command command = new("plant", "Marks the detectors on the virtual plant: failures found, lead, false alarms, by failure mode.")
        {
            days, lines, seeds, chaos, train, rows, results,
        };
        command.SetAction(arguments => Run(
            Math.Clamp(arguments.GetValue(days), 1, 365),
            arguments.GetValue(lines),
            arguments.GetValue(seeds)!,
            arguments.GetValue(chaos),
            Math.Clamp(arguments.GetValue(train), 0, 365),
            arguments.GetValue(rows),
            arguments.GetRequiredValue(results)));
        return command;
    }

    private static int Run(int days, int lines, ulong[] seeds, string? chaos, int train, RowDetector? rows, DirectoryInfo results)
    {
        try
        {
            PlantMarks all = new();
            foreach (ulong seed in seeds)
            {
                string folder = Path.Combine(results.FullName, string.Create(CultureInfo.InvariantCulture, $"seed{seed}"));
                VirtualPlantOptions options = new()
                {
                    Start = Start,
                    Lines = lines,
                    Seed = seed,
                    Chaos = chaos is null ? ChaosOptions.None : ChaosOptions.Parse(chaos),
                };
                Mark(options, days, folder, all, train, rows);
            }

            using StreamWriter table = new(Path.Combine(results.FullName, "table.md"));
            all.Write(table);
            all.Write(Console.Out);
            return ExitCode.Ok;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            Console.Error.WriteLine("backtest: " + fault.Message);
            return ExitCode.BadInput;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("backtest: " + fault.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>Simulates, watches and marks one plant.</summary>
    public static void Mark(VirtualPlantOptions options, int days, string folder, PlantMarks marks, int train = 0, RowDetector? rows = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        VirtualPlant source = new(options);
        Plant plant = PlantFile.Parse(WithRows(source.PlantYaml, rows), "plant.yaml").Plant
            ?? throw new InvalidOperationException("the virtual plant describes itself wrongly");
        DateTime from = source.Start;
        PlantTraining? training = train == 0 ? null : new PlantTraining(MonitorSettings.Default, from, TimeSpan.FromDays(train));
        WatchedPlant watched = new(plant, MonitorSettings.Default, training);
        foreach (SimulatedMessage message in source.Messages(from, from.AddDays(days)))
        {
            watched.Take(message.PublishTime, message.Topic, message.Payload);
        }

        source.WriteTruth(folder);
        WriteAlerts(Path.Combine(folder, "alerts.csv"), watched.Alerts);
        List<KnownFailure> failures = KnownFailure.Read(Path.Combine(folder, "failures.csv"));
        double machineWeeks = plant.Lines.Sum(line => line.Machines.Count) * days / 7.0;
        PlantMarks own = new();
        own.Add(failures, watched.Alerts, machineWeeks);
        marks.Add(failures, watched.Alerts, machineWeeks);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {options.Seed}: {watched.Messages:N0} messages, {watched.Readings:N0} readings; {own.Detected} of {own.Failures} failures found, median lead {own.MedianLead:F2}, {own.FalseAlarms.Count / machineWeeks:F2} false alarms a machine-week; {watch.Elapsed.TotalSeconds:F0} s"));
        if (training is not null)
        {
            File.WriteAllLines(Path.Combine(folder, "training.txt"), training.Decisions);
            Console.Error.WriteLine($"seed {options.Seed}: {training.Decisions.Count} models trained, {training.Decisions.Count(decision => decision.Contains(": promoted", StringComparison.Ordinal))} promoted, {training.WithRows} of them with rows");
        }
    }

    /// <summary>The plant file with a detector of rows at each type of machine; those are the only ones with a kind on a line of its own.</summary>
    private static string WithRows(string plantYaml, RowDetector? rows) => rows is null ? plantYaml
        : plantYaml.Replace("\n    kind: ", $"\n    rowDetector: {JsonNamingPolicy.KebabCaseLower.ConvertName(rows.Value.ToString())}\n    kind: ", StringComparison.Ordinal);

    private static void WriteAlerts(string path, IEnumerable<RaisedAlert> alerts)
    {
        using StreamWriter file = new(path) { NewLine = "\n" };
        file.WriteLine("line,machine,signal,event_time,kind,message");
        foreach (RaisedAlert alert in alerts)
        {
            file.WriteLine($"{alert.Line},{alert.Machine},{alert.Signal},{alert.EventTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)},{(alert.IsSensorFault ? "sensor-fault" : "anomaly")},\"{alert.Message.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }
    }
}
