using System.Globalization;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>What one file came to.</summary>
/// <param name="Rows">Rows judged.</param>
/// <param name="Alarms">Alarms that began.</param>
/// <param name="AlarmRows">Rows in alarm.</param>
internal readonly record struct Tally(long Rows, long Alarms, long AlarmRows);

/// <summary>Writes the verdicts of one file as CSV (<c>timestamp,score,label</c>), and draws them if wanted.</summary>
internal sealed class VerdictFile : IDisposable
{
    private readonly string _path;
    private readonly VerdictPlot? _plot;
    private readonly StreamWriter _csv;
    private bool _inAlarm;

    /// <param name="path">The CSV file to write; the drawing goes beside it.</param>
    /// <param name="keyColumn">Name of the first column.</param>
    /// <param name="plot">What to draw into; null = no drawing.</param>
    public VerdictFile(string path, string keyColumn, VerdictPlot? plot)
    {
        _path = path;
        _plot = plot;
        _csv = new StreamWriter(path);
        _csv.WriteLine(keyColumn + ",score,label");
    }

    /// <summary>Rows and alarms so far.</summary>
    public Tally Tally { get; private set; }

    /// <summary>Adds a row.</summary>
    public void Add(string key, double[] values, double score, bool label)
    {
        _csv.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key},{score:R},{(label ? 1 : 0)}"));
        _plot?.Add(values, score, label);
        Tally = new Tally(Tally.Rows + 1, Tally.Alarms + (label && !_inAlarm ? 1 : 0), Tally.AlarmRows + (label ? 1 : 0));
        _inAlarm = label;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _csv.Dispose();
        _plot?.Write(Path.ChangeExtension(_path, ".svg"), Path.GetFileNameWithoutExtension(_path));
    }
}
