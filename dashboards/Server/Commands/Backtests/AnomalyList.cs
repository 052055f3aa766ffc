using System.Globalization;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>Lists the anomalies of all files of a backtest, a line each: where, from when to when, how severe, what drove it, which detector.</summary>
internal sealed class AnomalyList : IDisposable
{
    /// <summary>Name of the list in the folder of verdicts.</summary>
    public const string FileName = "anomalies.tsv";

    private const int MostDrivers = 5;

    /// <summary>Rows in alarm within so long are one anomaly.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMinutes(5);

    private readonly StreamWriter _list;
    private readonly string _detector;
    private EpisodeTracker? _tracker;
    private string _file = "";
    private string _start = "";
    private string _end = "";

    /// <param name="folder">Where to write it.</param>
    /// <param name="detector">What judges, with its version.</param>
    public AnomalyList(string folder, string detector)
    {
        _detector = detector;
        _ = Directory.CreateDirectory(folder);
        _list = new StreamWriter(Path.Combine(folder, FileName));
        _list.WriteLine("file\tstart\tend\tseverity\tdrivers\tdetector");
    }

    /// <summary>What follows is of another file.</summary>
    public void BeginFile(string file, IReadOnlyList<string> signals)
    {
        _file = file;
        _tracker = new EpisodeTracker(signals, Gap, _detector);
    }

    /// <summary>Takes the verdict on a row.</summary>
    public void Add(string key, DateTime eventTime, RowVerdict verdict, ReadOnlySpan<double> shares)
    {
        if (_tracker!.Add(eventTime, verdict, shares) is { } ended)
        {
            Write(ended);
        }

        if (verdict.IsAlarm)
        {
            _start = _tracker.Current!.Start == eventTime ? key : _start;
            _end = key;
        }
    }

    /// <summary>Writes the anomaly that lasts at the end of a file.</summary>
    public void EndFile()
    {
        if (_tracker?.Current is { } lasting)
        {
            Write(lasting);
        }

        _tracker = null;
    }

    /// <inheritdoc/>
    public void Dispose() => _list.Dispose();

    private void Write(AnomalyEpisode episode)
    {
        string drivers = string.Join("; ", episode.Drivers.Take(MostDrivers).Where(driver => driver.Share > 0)
            .Select(driver => string.Create(CultureInfo.InvariantCulture, $"{driver.Signal} {100 * driver.Share:F0} %")));
        _list.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_file}\t{_start}\t{_end}\t{episode.Severity:F2}\t{drivers}\t{episode.DetectorVersion}"));
    }
}
