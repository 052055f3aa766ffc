using System.Globalization;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// Has recordings judged one after the other and writes what was said of them. A recording that cannot be judged to its end leaves
/// nothing behind, is told of, and does not keep the others from being judged. Not thread-safe.
/// </summary>
/// <param name="anomalies">Lists what was found.</param>
/// <param name="bands">Whether the expected band of each signal is written.</param>
/// <param name="plots">Whether each recording is drawn.</param>
/// <param name="clock">Times the whole.</param>
/// <param name="output">Takes what was found.</param>
/// <param name="error">Takes how far it has got, and what went wrong.</param>
internal sealed class AnomalyBacktest(AnomalyList anomalies, bool bands, bool plots, TimeProvider clock, TextWriter output, TextWriter error)
{
    private readonly long _started = clock.GetTimestamp();
    private readonly List<string> _failed = [];
    private Tally _all;
    private int _files;
    private int _exitCode = ExitCode.Ok;

    /// <summary>Judges a recording.</summary>
    /// <param name="file">Where it is and where the results go.</param>
    /// <param name="place">Which of all it is, for messages: <c>3/12</c>.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="judgeOf">Gives it a judge that has seen no row yet.</param>
    public void Run(BacktestFile file, string place, Func<IRecordedRows> open, Func<IRecordedRows, Judge> judgeOf)
    {
        _files++;
        try
        {
            using IRecordedRows recording = open();
            Tally tally = Judge(file, recording, judgeOf(recording));
            _all += tally;
            string unread = recording.FirstUnread is { } first ? $" (first unread: {first})" : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{place}] {file.Name}: {tally.Rows} rows, {tally}{unread}"));
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            anomalies.DropFile();
            _failed.Add(file.Name);
            _exitCode = fault is InvalidDataException || _exitCode == ExitCode.BadInput ? ExitCode.BadInput : ExitCode.Failed;
            error.WriteLine($"backtest: [{place}] {file.Name}: not judged: {fault.Message}");
        }
    }

    /// <summary>Puts the list in its place and says what all came to.</summary>
    /// <param name="folder">Folder of the results.</param>
    /// <returns>The exit code: bad input where a recording could not be read, failed where only its results could not be written.</returns>
    public int Finish(string folder)
    {
        anomalies.Complete();
        double seconds = clock.GetElapsedTime(_started).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_files - _failed.Count} of {_files} files, {_all.Rows} rows in {seconds:F1} s ({_all.Rows / seconds:F0} rows/s), {_all}; verdicts in {folder}, anomalies with their drivers in {AnomalyList.FileName}"));
        if (_failed.Count > 0)
        {
            error.WriteLine($"backtest: {_failed.Count} of {_files} files were not judged: {string.Join(", ", _failed)}");
        }

        return _exitCode;
    }

    private Tally Judge(BacktestFile file, IRecordedRows recording, Judge judge)
    {
        using VerdictFile verdicts = new(file.Verdicts, recording.KeyColumn, bands ? recording.Signals : []);
        VerdictPlot? plot = plots ? new VerdictPlot(recording.Signals) : null;
        RowProgress progress = new(file.Name, clock, error);
        JudgedRow judged = new(recording.Signals.Count);
        anomalies.BeginFile(file.Name, recording.Signals);
        Tally tally = default;
        bool inAlarm = false;
        foreach ((string key, DateTime eventTime, double[] values) in recording.Rows())
        {
            judge(eventTime, values, judged);
            verdicts.Add(key, judged);
            long grown = anomalies.Add(key, eventTime, judged);
            plot?.Add(values, judged, grown);
            tally += new Tally(1, judged.IsAlarm && !inAlarm ? 1 : 0, grown, default);
            inAlarm = judged.IsAlarm;
            progress.Report(tally.Rows, recording.Done, eventTime);
        }

        anomalies.EndFile();
        plot?.Write(file.Plot, Path.GetFileNameWithoutExtension(file.Name));
        verdicts.Complete();
        return tally with { Faults = recording.Faults };
    }
}
