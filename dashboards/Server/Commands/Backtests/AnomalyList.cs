using System.Globalization;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// Lists the anomalies and data faults of all files of a backtest, a line each: where, from when to when, how severe, what drove it,
/// which detector, of which kind. A lone spike is not listed, as nobody is told of one. Not thread-safe.
/// </summary>
internal sealed class AnomalyList : IDisposable
{
    /// <summary>Name of the list in the folder of verdicts.</summary>
    public const string FileName = "anomalies.tsv";

    private const int MostDrivers = 5;
    private const int IntervalsToKnow = 101;

    /// <summary>Odd rows within so long are one anomaly, or within three usual intervals where rows are further apart.</summary>
    private static readonly TimeSpan ShortestGap = TimeSpan.FromMinutes(5);

    private readonly ResultFile _list;
    private readonly string _detector;
    private readonly List<TimeSpan> _intervals = new(IntervalsToKnow);
    private string _file = "";
    private IReadOnlyList<string> _signals = [];
    private DateTime _last;
    private TimeSpan? _gap;
    private EpisodeTracker? _tracker;
    private bool _isOpen;
    private long _sinceOdd;
    private string _start = "";
    private string _end = "";
    private Fault?[] _faults = [];

    /// <param name="folder">Where to write it.</param>
    /// <param name="detector">What judges, with its version.</param>
    public AnomalyList(string folder, string detector)
    {
        _detector = detector;
        _list = new ResultFile(Path.Combine(folder, FileName));
        _list.Text.WriteLine("file\tstart\tend\tseverity\tdrivers\tdetector\tkind");
        _list.Mark();
    }

    /// <summary>What follows is of another file.</summary>
    public void BeginFile(string file, IReadOnlyList<string> signals)
    {
        _file = file;
        _signals = signals;
        _last = default;
        _intervals.Clear();
        _gap = null;
        _tracker = null;
        _isOpen = false;
        _faults = new Fault?[signals.Count];
    }

    /// <summary>Takes the verdict on a row.</summary>
    /// <param name="key">How the row is called.</param>
    /// <param name="eventTime">When it was, UTC.</param>
    /// <param name="judged">The verdict.</param>
    /// <returns>By how many rows, this one the last, an anomaly has grown: those between two odd rows of one anomaly are its too.</returns>
    public long Add(string key, DateTime eventTime, JudgedRow judged)
    {
        if (eventTime < _last)
        {
            // Monitors of signals do not judge it; to those of rows it is one more row of the same time.
            eventTime = _last;
        }

        if (_last != default && _intervals.Count < IntervalsToKnow && eventTime > _last)
        {
            _intervals.Add(eventTime - _last);
        }

        _last = eventTime;
        for (int i = 0; i < _faults.Length; i++)
        {
            Follow(i, key, eventTime, judged.Signals[i]);
        }

        if (_tracker is null && !judged.IsAnomaly)
        {
            return 0;
        }

        _tracker ??= new EpisodeTracker(_signals, Gap(), _detector);
        if (_tracker.Add(eventTime, new RowVerdict(judged.IsAnomaly, judged.Severity), judged.Shares) is { } ended)
        {
            Write(ended);
            _isOpen = false;
        }

        _sinceOdd++;
        if (!judged.IsAnomaly)
        {
            return 0;
        }

        long grown = _isOpen ? _sinceOdd : 1;
        _start = _isOpen ? _start : key;
        _end = key;
        _isOpen = true;
        _sinceOdd = 0;
        return grown;
    }

    /// <summary>Writes what lasts at the end of a file, whose lines then stay.</summary>
    public void EndFile()
    {
        if (_tracker?.Current is { } lasting)
        {
            Write(lasting);
        }

        for (int i = 0; i < _faults.Length; i++)
        {
            Write(i);
        }

        _list.Mark();
    }

    /// <summary>Takes the lines of a file away that could not be judged to its end.</summary>
    public void DropFile() => _list.Back();

    /// <summary>Puts the list in its place.</summary>
    public void Complete() => _list.Complete();

    /// <inheritdoc/>
    public void Dispose() => _list.Dispose();

    private TimeSpan Gap()
    {
        TimeSpan usual = _intervals.Count == 0 ? TimeSpan.Zero : _intervals.Order().ElementAt(_intervals.Count / 2);
        return _gap ??= 3 * usual > ShortestGap ? 3 * usual : ShortestGap;
    }

    private void Follow(int signal, string key, DateTime eventTime, in SignalVerdict verdict)
    {
        bool isFault = verdict.IsDataFault && verdict.Kind != VerdictKind.Spike;
        if (_faults[signal] is { } open && (isFault ? verdict.Kind != open.Kind : eventTime - open.Last > Gap()))
        {
            Write(signal);
        }

        if (isFault)
        {
            _faults[signal] = (_faults[signal] ?? new Fault(verdict.Kind, key, key, eventTime)) with { End = key, Last = eventTime };
        }
    }

    private void Write(int signal)
    {
        if (_faults[signal] is { } fault)
        {
            _faults[signal] = null;
            Write(fault.Start, fault.End, "", _signals[signal] + " 100 %", fault.Kind.ToString().ToLowerInvariant());
        }
    }

    private void Write(AnomalyEpisode episode)
    {
        string drivers = string.Join("; ", episode.Drivers.Take(MostDrivers).Where(driver => driver.Share > 0)
            .Select(driver => string.Create(CultureInfo.InvariantCulture, $"{driver.Signal} {100 * driver.Share:F0} %")));
        Write(_start, _end, episode.Severity.ToString("F2", CultureInfo.InvariantCulture), drivers, "anomaly");
    }

    private void Write(string start, string end, string severity, string drivers, string kind) =>
        _list.Text.WriteLine($"{CsvTable.OnOneLine(_file)}\t{CsvTable.OnOneLine(start)}\t{CsvTable.OnOneLine(end)}\t{severity}\t{CsvTable.OnOneLine(drivers)}\t{_detector}\t{kind}");

    /// <summary>A data fault that lasts.</summary>
    private readonly record struct Fault(VerdictKind Kind, string Start, string End, DateTime Last);
}
