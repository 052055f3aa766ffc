namespace Linewatch.Analytics.Anomalies;

/// <summary>Joins rows in alarm into episodes; gaps shorter than a tolerance do not end one. Constant memory.</summary>
/// <param name="signals">Names, in the order of the shares.</param>
/// <param name="gap">Longest time without alarm within an episode.</param>
/// <param name="detectorVersion">Version of the detector that gives the verdicts.</param>
public sealed class EpisodeTracker(IReadOnlyList<string> signals, TimeSpan gap, string detectorVersion)
{
    private readonly double[] _shares = new double[signals.Count];
    private DateTime _start;
    private DateTime _end;
    private double _severity;
    private double _weight;
    private bool _open;

    /// <summary>The episode that lasts; null where none does.</summary>
    public AnomalyEpisode? Current => _open ? Describe() : null;

    /// <summary>Takes the verdict on a row.</summary>
    /// <param name="eventTime">Of the row; not before the last.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="shares">Each signal's share of it.</param>
    /// <returns>The episode that has ended with this row, or null.</returns>
    public AnomalyEpisode? Add(DateTime eventTime, RowVerdict verdict, ReadOnlySpan<double> shares)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(shares.Length, _shares.Length);
        AnomalyEpisode? ended = null;
        if (_open && eventTime - _end > gap)
        {
            ended = Describe();
            _open = false;
        }

        if (verdict.IsAlarm)
        {
            if (!_open)
            {
                _open = true;
                _start = eventTime;
                _severity = 0;
                _weight = 0;
                Array.Clear(_shares);
            }

            _end = eventTime;
            _severity = Math.Max(_severity, verdict.Score);
            _weight++;
            for (int i = 0; i < _shares.Length; i++)
            {
                _shares[i] += shares[i];
            }
        }

        return ended;
    }

    private AnomalyEpisode Describe() => new(
        _start,
        _end,
        _severity,
        [.. signals.Select((signal, i) => (signal, _shares[i] / _weight)).OrderByDescending(driver => driver.Item2)],
        detectorVersion);
}
