namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Looks at the first readings after a pause that followed an anomaly: back to normal, still as odd as before, or at a level
/// of their own, which is what a repair leaves behind when the fault was already there as the baseline was learned.
/// </summary>
internal sealed class AfterPause
{
    private const int Readings = 12;
    private const double Clip = 20;
    private const double OtherLevel = 2; // usual errors

    private long _left;
    private double _before;
    private double _sum;

    /// <summary>Begins to look.</summary>
    /// <param name="before">Mean error before the pause, in usual errors.</param>
    public void Begin(double before)
    {
        _left = Readings;
        _before = before;
        _sum = 0;
    }

    /// <summary>Looks no further.</summary>
    public void Clear() => _left = 0;

    /// <summary>Takes the error of a reading, in usual errors.</summary>
    public PauseOutcome Take(double errors)
    {
        if (_left == 0)
        {
            return PauseOutcome.None;
        }

        _sum += Math.Clamp(errors, -Clip, Clip);
        if (--_left > 0)
        {
            return PauseOutcome.Waiting;
        }

        double after = _sum / Readings;
        return Math.Abs(after) < 1 ? PauseOutcome.Normal
            : Math.Abs(after - _before) > OtherLevel && IsBackFrom(after) ? PauseOutcome.Changed
            : PauseOutcome.None;
    }

    /// <summary>A fault that went on through the pause goes further away; a repair brings the signal back, and beyond where the baseline was learned with the fault.</summary>
    private bool IsBackFrom(double after) => after * _before < 0 || Math.Abs(after) < Math.Abs(_before) / 2;

    public void Save(StateWriter state)
    {
        state.Write(_left);
        state.Write(_before);
        state.Write(_sum);
    }

    public void Restore(StateReader state)
    {
        _left = state.ReadInt32(0, Readings);
        _before = state.ReadDouble();
        _sum = state.ReadDouble();
    }
}

/// <summary>What the readings after a pause say.</summary>
internal enum PauseOutcome
{
    /// <summary>Nothing to look at, or as odd as before.</summary>
    None,

    /// <summary>Too few readings yet.</summary>
    Waiting,

    /// <summary>As the baseline lets expect.</summary>
    Normal,

    /// <summary>At another level.</summary>
    Changed,
}
