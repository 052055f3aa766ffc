using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Server.Commands.Backtests;

namespace Linewatch.Server.Commands;

/// <summary>
/// <c>linewatch backtest anomalies</c>: streams recordings in order through the production detectors, without their labels and
/// without looking ahead, and writes what they would have said.
/// </summary>
internal static class BacktestAnomaliesCommand
{
    private const int Done = 0;
    private const int BadInput = 2;

    private static readonly HashSet<string> Labels = new(["anomaly", "changepoint", "label", "is_anomaly"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The command <c>backtest</c> with its subcommand <c>anomalies</c>.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo> data = new("--data", "-d") { Description = "Folder of the recordings; subfolders count.", Required = true };
        Option<string> format = new("--format", "-f") { Description = "nab: one signal a file, under data/ (timestamp,value). skab: one machine a file, the first 400 rows are normal. csv: a historian's export, each column a signal. tep: tables of numbers; --normal is needed.", DefaultValueFactory = _ => "csv" };
        _ = format.AcceptOnlyFromAmong("nab", "skab", "csv", "tep");
        Option<FileInfo?> normal = new("--normal") { Description = "tep: the file of normal rows to fit on." };
        Option<DirectoryInfo> output = new("--out", "-o") { Description = "Folder for the verdicts: one CSV a file (timestamp,score,label) at the same relative path; made if missing.", Required = true };
        Option<bool> plot = new("--plot") { Description = "Also draws an SVG a file: signals, score, alarms." };
        Option<double?> alarm = new("--alarm-score") { Description = "csv and nab: surprise from which a reading is an alarm; default: 8.75 for csv, 7.75 for nab." };
        Option<string> detector = new("--detector") { Description = $"tep: what judges the rows: {string.Join(", ", Judges.Processes.Keys)}.", DefaultValueFactory = _ => Judges.DefaultProcess };
        _ = detector.AcceptOnlyFromAmong([.. Judges.Processes.Keys]);
        Command anomalies = new("anomalies", "Streams recordings through the anomaly detectors and writes what they would have said. Labels in the files are not read. Exit codes: 0 done, 2 wrong input.")
        {
            data, format, normal, detector, output, plot, alarm,
        };
        anomalies.SetAction(parsed =>
        {
            try
            {
                return Run(
                    parsed.GetRequiredValue(data).FullName,
                    parsed.GetRequiredValue(format),
                    parsed.GetValue(normal)?.FullName,
                    parsed.GetRequiredValue(detector),
                    parsed.GetRequiredValue(output).FullName,
                    parsed.GetValue(plot),
                    parsed.GetValue(alarm));
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine("backtest: " + exception.Message);
                return BadInput;
            }
        });
        return new Command("backtest", "Runs recordings through what watches the plant, to see what it would have said.") { anomalies };
    }

    private static int Run(string data, string format, string? normal, string detector, string output, bool plot, double? alarmScore)
    {
        string root = format == "nab" && Directory.Exists(Path.Combine(data, "data")) ? Path.Combine(data, "data") : data;
        string pattern = format == "tep" ? "*.dat" : "*.csv";
        string[] files = [.. Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
            .Where(file => Path.GetFullPath(file) != normal)
            .Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new InvalidDataException($"{root} holds no {pattern} file");
        }

        SignalMonitorOptions options = format == "nab" ? Judges.Nab : SignalMonitorOptions.Default;
        options = alarmScore is { } score ? options with { AlarmScore = score } : options;
        Func<Judge>? process = format == "tep" ? Fit(normal, detector) : null;
        int signals = process is null ? 0 : RecordedTable.ReadNumbers(normal!, 0)[0].Length;
        long rows = 0;
        long alarms = 0;
        long alarmRows = 0;
        Stopwatch watch = Stopwatch.StartNew();
        using AnomalyList anomalies = new(output, format switch { "skab" => ShiftMonitor.Version, "tep" => $"{detector} {MachineRows.Version}", _ => SignalMonitor.Version });
        foreach (string file in files)
        {
            string target = Path.ChangeExtension(Path.Combine(output, Path.GetRelativePath(root, file)), ".csv");
            _ = Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            string name = Path.GetRelativePath(root, file);
            Tally tally = process is null
                ? JudgeRecording(file, name, target, anomalies, plot, count => format == "skab" ? Judges.Shifts(count) : Judges.PerSignal(count, options))
                : JudgeTable(file, name, target, anomalies, plot, signals, process());
            rows += tally.Rows;
            alarms += tally.Alarms;
            alarmRows += tally.AlarmRows;
            Console.WriteLine(FormattableString.Invariant(
                $"[{Array.IndexOf(files, file) + 1}/{files.Length}] {name}: {tally.Rows} rows, {tally.Alarms} alarms, {100.0 * tally.AlarmRows / Math.Max(1, tally.Rows):F1} % of rows in alarm"));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{files.Length} files, {rows} rows in {watch.Elapsed.TotalSeconds:F1} s ({rows / watch.Elapsed.TotalSeconds:F0} rows/s), {alarms} alarms, {100.0 * alarmRows / Math.Max(1, rows):F2} % of rows in alarm; verdicts in {output}, anomalies with their drivers in {AnomalyList.FileName}"));
        return Done;
    }

    private static Func<Judge> Fit(string? normal, string detector)
    {
        if (normal is null)
        {
            throw new ArgumentException("--format tep needs --normal FILE, the rows of normal running to fit on");
        }

        double[][] rows = RecordedTable.ReadNumbers(normal, 0);
        Console.WriteLine($"fits on {rows.Length} normal rows of {rows[0].Length} signals");
        return Judges.Processes[detector](rows);
    }

    private static Tally JudgeRecording(string file, string name, string target, AnomalyList anomalies, bool plot, Func<int, Judge> judgeOf)
    {
        using RecordedTable table = new(file, Labels);
        anomalies.BeginFile(name, table.Signals);
        using VerdictFile verdicts = new(target, "timestamp", table.Signals, anomalies, plot);
        Judge judge = judgeOf(table.Signals.Count);
        foreach ((string timeText, DateTime eventTime, double[] values) in table.Rows())
        {
            verdicts.Add(timeText, eventTime, values, judge);
        }

        return verdicts.Tally;
    }

    private static Tally JudgeTable(string file, string name, string target, AnomalyList anomalies, bool plot, int signals, Judge judge)
    {
        double[][] rows = RecordedTable.ReadNumbers(file, signals);
        string[] names = [.. Enumerable.Range(1, signals).Select(i => $"x{i}")];
        anomalies.BeginFile(name, names);
        using VerdictFile verdicts = new(target, "row", names, anomalies, plot);
        for (int i = 0; i < rows.Length; i++)
        {
            verdicts.Add((i + 1).ToString(CultureInfo.InvariantCulture), DateTime.UnixEpoch.AddMinutes(i), rows[i], judge);
        }

        return verdicts.Tally;
    }
}
