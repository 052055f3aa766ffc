using System.Globalization;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>What one file came to.</summary>
/// <param name="Rows">Rows judged.</param>
/// <param name="Alarms">Alarms that began.</param>
/// <param name="AlarmRows">Rows in alarm.</param>
internal readonly record struct Tally(long Rows, long Alarms, long AlarmRows);

/// <summary>
/// Writes the verdicts of one file as CSV (<c>timestamp,score,label</c>), lists its anomalies, and draws it if wanted.
/// </summary>
internal sealed class VerdictFile : IDisposable
{
    private readonly string _path;
    private readonly AnomalyList _anomalies;
    private readonly VerdictPlot? _plot;
    private readonly StreamWriter _csv;
    private readonly double[] _shares;
    private bool _inAlarm;

    /// <param name="path">The CSV file to write; the drawing goes beside it.</param>
    /// <param name="keyColumn">Name of the first column.</param>
    /// <param name="signals">Names of the signals.</param>
    /// <param name="anomalies">Where its anomalies are listed.</param>
    /// <param name="plot">Whether to draw it.</param>
    public VerdictFile(string path, string keyColumn, IReadOnlyList<string> signals, AnomalyList anomalies, bool plot)
    {
        _path = path;
        _anomalies = anomalies;
        _plot = plot ? new VerdictPlot(signals) : null;
        _shares = new double[signals.Count];
        _csv = new StreamWriter(path);
        _csv.WriteLine(keyColumn + ",score,label");
    }

    /// <summary>Rows and alarms so far.</summary>
    public Tally Tally { get; private set; }

    /// <summary>Has a row judged and adds it.</summary>
    /// <param name="key">How it is called in the first column.</param>
    /// <param name="eventTime">When it was; rows without times a minute apart.</param>
    /// <param name="values">Its values.</param>
    /// <param name="judge">Judges it.</param>
    public void Add(string key, DateTime eventTime, double[] values, Judge judge)
    {
        RowVerdict verdict = judge(eventTime, values, _shares);
        _csv.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key},{verdict.Score:R},{(verdict.IsAlarm ? 1 : 0)}"));
        _anomalies.Add(key, eventTime, verdict, _shares);
        _plot?.Add(values, verdict.Score, verdict.IsAlarm);
        Tally = new Tally(Tally.Rows + 1, Tally.Alarms + (verdict.IsAlarm && !_inAlarm ? 1 : 0), Tally.AlarmRows + (verdict.IsAlarm ? 1 : 0));
        _inAlarm = verdict.IsAlarm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _csv.Dispose();
        _anomalies.EndFile();
        _plot?.Write(Path.ChangeExtension(_path, ".svg"), Path.GetFileNameWithoutExtension(_path));
    }
}
