using System.CommandLine;
using System.CommandLine.Parsing;
using Linewatch.Analytics.Anomalies;
using Linewatch.Server.Commands.Backtests;

namespace Linewatch.Server.Commands;

/// <summary>
/// <c>linewatch backtest anomalies</c>: streams recordings in order through the production detectors, without their labels and
/// without looking ahead, and writes what they would have said.
/// </summary>
internal sealed class BacktestAnomaliesCommand
{
    /// <summary>Columns that say what was wrong: never read, unless --column names one as a signal.</summary>
    private static readonly string[] Labels = ["anomaly", "changepoint", "label", "is_anomaly"];

    private readonly Option<DirectoryInfo> _data = new("--data", "-d") { Description = "Folder of the recordings; subfolders count.", Required = true };
    private readonly Option<string> _format = new("--format", "-f") { Description = "nab: one signal a file, under data/ (timestamp,value). skab: one machine a file, the first 400 rows are normal. csv: a historian's export, each column a signal, oldest row first. tep: tables of numbers; --normal is needed.", DefaultValueFactory = _ => "csv" };
    private readonly Option<FileInfo?> _normal = new("--normal") { Description = "tep: the file of normal rows to fit on." };
    private readonly Option<string> _detector = new("--detector") { Description = $"tep: what judges the rows: {string.Join(", ", Judges.Processes.Keys)}.", DefaultValueFactory = _ => Judges.DefaultProcess };
    private readonly Option<DirectoryInfo> _output = new("--out", "-o") { Description = "Folder for the verdicts, outside that of the recordings: one CSV a file (timestamp,score,label; for csv then the ends of each signal's expected band) at the same relative path; made if missing.", Required = true };
    private readonly Option<bool> _plot = new("--plot") { Description = "Also draws an SVG a file: signals in their expected bands, score, anomalies, data faults." };
    private readonly Option<double?> _alarm = new("--alarm-score") { Description = FormattableString.Invariant($"csv and nab: surprise from which a reading is an alarm, 1 to 60; default: {SignalMonitorOptions.Default.AlarmScore} for csv, {Judges.Nab.AlarmScore} for nab.") };
    private readonly RecordingOptions _recordings = new();
    private readonly Option<string?> _state = new("--state") { Description = "csv: column of the machine's state. Its signals are then judged as those of a machine that tells its state: only while it runs, by what it makes and how long it has been running." };
    private readonly Option<string> _states = new("--states") { Description = "csv: what the states mean: packml, weihenstephan, or the cells that stand for running, between commas.", DefaultValueFactory = _ => "packml" };
    private readonly Option<string?> _product = new("--product") { Description = "csv: column of the product, beside --state." };
    private readonly Option<string?> _speed = new("--speed") { Description = "csv: column of the speed in units per hour, beside --state and --design-rate." };
    private readonly Option<double?> _designRate = new("--design-rate") { Description = "csv: speed the machine is built for, units per hour." };

    private BacktestAnomaliesCommand()
    {
        _ = _format.AcceptOnlyFromAmong("nab", "skab", "csv", "tep");
        _ = _detector.AcceptOnlyFromAmong([.. Judges.Processes.Keys]);
    }

    /// <summary>The command <c>backtest</c> with its subcommand <c>anomalies</c>.</summary>
    public static Command Create()
    {
        BacktestAnomaliesCommand of = new();
        Command anomalies = new("anomalies", "Streams recordings through the anomaly detectors and writes what they would have said. Labels in the files are not read. Exit codes: 0 done, 1 a result could not be written, 2 wrong input; a file that cannot be read is told of and the others are judged.")
        {
            of._data, of._format, of._normal, of._detector, of._output, of._plot, of._alarm, of._state, of._states, of._product, of._speed, of._designRate,
        };
        of._recordings.AddTo(anomalies);
        anomalies.SetAction(of.Run);
        return new Command("backtest", "Runs recordings through what watches the plant, to see what it would have said.") { anomalies };
    }

    private int Run(ParseResult parsed)
    {
        try
        {
            RefuseWhatSaysNothing(parsed);
            return Judge(parsed);
        }
        catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            parsed.InvocationConfiguration.Error.WriteLine("backtest: " + exception.Message);
            return ExitCode.BadInput;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine("backtest: " + exception.Message);
            return ExitCode.Failed;
        }
    }

    private void RefuseWhatSaysNothing(ParseResult parsed)
    {
        string format = parsed.GetRequiredValue(_format);
        Option[] beside = [_states, _product, _speed, _designRate];
        (string[] Formats, IReadOnlyList<Option> Options)[] own =
            [(["csv"], [.. _recordings.All, _state, .. beside]), (["csv", "nab"], [_alarm]), (["tep"], [_normal, _detector])];
        foreach ((string[] formats, IReadOnlyList<Option> options) in own.Where(each => !each.Formats.Contains(format)))
        {
            if (options.FirstOrDefault(IsGiven) is { } idle)
            {
                throw new InvalidDataException($"{idle.Name} says nothing about --format {format}; it is for {string.Join(" and ", formats)}");
            }
        }

        if (!IsGiven(_state) && beside.FirstOrDefault(IsGiven) is { } alone)
        {
            throw new InvalidDataException($"{alone.Name} says nothing without --state, the column of the machine's state");
        }

        if (IsGiven(_state) && IsGiven(_alarm))
        {
            throw new InvalidDataException("--alarm-score says nothing beside --state: signals of a machine that tells its state are judged by cumulative sums, with a limit of their own");
        }

        if (IsGiven(_speed) != IsGiven(_designRate) || parsed.GetValue(_designRate) is not (null or (> 0 and < double.PositiveInfinity)))
        {
            throw new InvalidDataException("--speed and --design-rate need each other: a signal is judged by the share of the speed, above 0, that the machine is built for");
        }

        bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
    }

    private int Judge(ParseResult parsed)
    {
        string data = parsed.GetRequiredValue(_data).FullName;
        string format = parsed.GetRequiredValue(_format);
        string output = parsed.GetRequiredValue(_output).FullName;
        string? normal = parsed.GetValue(_normal)?.FullName;
        string root = format == "nab" && Directory.Exists(Path.Combine(data, "data")) ? Path.Combine(data, "data") : data;
        IReadOnlyList<BacktestFile> files = BacktestFiles.Find(root, format == "tep" ? ".dat" : ".csv", normal, output);
        (string version, Func<BacktestFile, IRecordedRows> open, Func<IRecordedRows, Judge> judgeOf) = format switch
        {
            "tep" => Tables(parsed, normal),
            "skab" => (ShiftMonitor.Version, Recording(new CsvRecordingSettings()), recording => Judges.Shifts(recording.Signals.Count)),
            "nab" => Signals(parsed, Judges.Nab, new CsvRecordingSettings()),
            _ when parsed.GetValue(_state) is { } state => Machine(parsed, state),
            _ => Signals(parsed, SignalMonitorOptions.Default, _recordings.Read(parsed)),
        };
        using AnomalyList anomalies = new(output, version);
        AnomalyBacktest backtest = new(anomalies, bands: format == "csv", parsed.GetValue(_plot), TimeProvider.System, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        for (int i = 0; i < files.Count; i++)
        {
            BacktestFile file = files[i];
            backtest.Run(file, $"{i + 1}/{files.Count}", () => open(file), judgeOf);
        }

        return backtest.Finish(output);
    }

    private (string Version, Func<BacktestFile, IRecordedRows> Open, Func<IRecordedRows, Judge> JudgeOf) Signals(
        ParseResult parsed, SignalMonitorOptions usual, CsvRecordingSettings recordings)
    {
        SignalMonitorOptions options = parsed.GetValue(_alarm) is { } score ? usual with { AlarmScore = score } : usual;
        return options.Faults() is { Count: > 0 } faults
            ? throw new InvalidDataException("--alarm-score: " + string.Join("; ", faults))
            : (SignalMonitor.Version, Recording(recordings), recording => Judges.PerSignal(recording.Signals.Count, options));
    }

    private (string Version, Func<BacktestFile, IRecordedRows> Open, Func<IRecordedRows, Judge> JudgeOf) Machine(ParseResult parsed, string state)
    {
        DutyColumns duty = new(state, parsed.GetRequiredValue(_states), parsed.GetValue(_product), parsed.GetValue(_speed), parsed.GetValue(_designRate));
        return (DutyMonitor.Version, Recording(_recordings.Read(parsed), duty), recording => Judges.PerSignal(recording.Signals.Count, ((RecordedTable)recording).Context));
    }

    private (string Version, Func<BacktestFile, IRecordedRows> Open, Func<IRecordedRows, Judge> JudgeOf) Tables(ParseResult parsed, string? normal)
    {
        if (normal is null)
        {
            throw new InvalidDataException("--format tep needs --normal FILE, the rows of normal running to fit on");
        }

        string detector = parsed.GetRequiredValue(_detector);
        double[][] rows = NumberTable.Read(normal, 0);
        parsed.InvocationConfiguration.Output.WriteLine($"fits on {rows.Length} normal rows of {rows[0].Length} signals");
        Func<Judge> fitted = Judges.Processes[detector](rows);
        return ($"{detector} {MachineRows.Version}", file => new NumberTable(file.Path, rows[0].Length), _ => fitted());
    }

    private static Func<BacktestFile, IRecordedRows> Recording(CsvRecordingSettings settings, DutyColumns? duty = null)
    {
        // Signals keep the names they have in the file, which is what those who read the verdicts look for.
        CsvRecordingSettings named = settings with { Skip = settings.Skip.Concat(Labels).ToHashSet(StringComparer.OrdinalIgnoreCase), Named = name => name };
        return file => new RecordedTable(file.Path, named, duty);
    }
}
