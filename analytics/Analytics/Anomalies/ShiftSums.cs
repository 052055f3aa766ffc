namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Tells that errors have shifted or grown: two-sided cumulative sums (Page, Biometrika 41, 1954) of the error beyond a slack, and
/// one of its size. A signal whose half-hourly means wander by themselves is given as much more slack.
/// </summary>
internal sealed class ShiftSums(double slack, double limit)
{
    private const double Clip = 6;           // usual errors a single reading may count for
    private const double UnrestSlack = 2;    // mean size of a normal error is 0.8
    private const double WanderSlack = 3;    // so many usual half-hourly means are no shift
    private const double FewestBlocks = 8;
    private const int BlockReadings = 30;
    private const double LatelyReadings = 8;
    private const double SlowReadings = 240;
    private const double Doubt = 1;
    private const int StaleDays = 7;
    private const double SteadyErrors = 0.5;

    private double _relaxed;
    private double _limitFactor = 1;

    private readonly RobustLevel _wander = new(300);
    private double _block;
    private long _inBlock;
    private double _slow;
    private DateTime _oddSince;
    private long _oddDays;
    private double _dayBefore;

    /// <summary>Sum of errors above the slack.</summary>
    public double Above { get; private set; }

    /// <summary>Sum of errors below the slack.</summary>
    public double Below { get; private set; }

    /// <summary>Sum of the size of errors above the slack.</summary>
    public double Unrest { get; private set; }

    /// <summary>Mean of the last few errors, in usual errors.</summary>
    public double Lately { get; private set; }

    /// <summary>Share of the limit that the sum above the slack has reached.</summary>
    public double ScoreAbove => Above / Limit;

    /// <summary>Share of the limit.</summary>
    public double Score => Math.Max(Math.Max(Above, Below), Unrest) / Limit;

    private double Limit => limit * _limitFactor;

    /// <summary>Whether the mean of the last hours lies so far off that it should not be learned.</summary>
    public bool InDoubt => Math.Abs(_slow) > Doubt || Score > 0.5;

    /// <summary>Whether the errors have been off for days and no longer change.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Takes an error.</summary>
    /// <param name="eventTime">Of the reading, UTC.</param>
    /// <param name="errors">In usual errors.</param>
    /// <param name="learns">Whether it also tells how much the signal wanders.</param>
    public void Add(DateTime eventTime, double errors, bool learns = true)
    {
        errors = Math.Clamp(errors, -Clip, Clip);
        double allowed = slack + _relaxed;
        if (_wander.Count >= FewestBlocks)
        {
            allowed = Math.Max(allowed, WanderSlack * _wander.Spread);
        }

        Above = Math.Clamp(Above + errors - allowed, 0, 2 * Limit);
        Below = Math.Clamp(Below - errors - allowed, 0, 2 * Limit);
        Unrest = Math.Clamp(Unrest + Math.Abs(errors) - Math.Max(UnrestSlack, allowed + 0.5), 0, 2 * Limit);
        Lately += (errors - Lately) / LatelyReadings;
        _slow += (errors - _slow) / SlowReadings;
        if (learns)
        {
            Learn(errors);
        }

        if (!InDoubt || _oddSince == default)
        {
            _oddSince = eventTime;
            _oddDays = 0;
        }
        else if (eventTime - _oddSince >= TimeSpan.FromDays(_oddDays + 1))
        {
            _oddDays = (long)(eventTime - _oddSince).TotalDays;
            IsStale = _oddDays >= StaleDays && Math.Abs(_slow - _dayBefore) < SteadyErrors;
            _dayBefore = _slow;
        }
    }

    private void Learn(double errors)
    {
        _block += errors;
        if (++_inBlock < BlockReadings)
        {
            return;
        }

        if (!InDoubt)
        {
            _wander.Add(_block / BlockReadings);
        }

        _block = 0;
        _inBlock = 0;
    }

    /// <summary>Makes the sums slower to tell, or quicker.</summary>
    /// <param name="moreSlack">Added to the slack, usual errors.</param>
    /// <param name="limitFactor">Factor on the limit.</param>
    public void Relax(double moreSlack, double limitFactor)
    {
        _relaxed = Math.Max(moreSlack, 0.5 - slack);
        _limitFactor = Math.Max(limitFactor, 0.2);
    }

    /// <summary>Begins anew; how much the signal wanders is kept.</summary>
    public void Clear()
    {
        Above = Below = Unrest = Lately = _slow = _block = _dayBefore = 0;
        _inBlock = _oddDays = 0;
        _oddSince = default;
        IsStale = false;
    }

    public void Save(StateWriter state)
    {
        state.Write(Above);
        state.Write(Below);
        state.Write(Unrest);
        state.Write(Lately);
        state.Write(_slow);
        state.Write(_block);
        state.Write(_inBlock);
        state.Write(_oddSince.Ticks);
        state.Write(_oddDays);
        state.Write(_dayBefore);
        _wander.Save(state);
    }

    public void Restore(StateReader state)
    {
        Above = state.ReadDouble();
        Below = state.ReadDouble();
        Unrest = state.ReadDouble();
        Lately = state.ReadDouble();
        _slow = state.ReadDouble();
        _block = state.ReadDouble();
        _inBlock = state.ReadInt32(0, BlockReadings - 1);
        _oddSince = state.ReadUtc();
        _oddDays = state.ReadInt64();
        _dayBefore = state.ReadDouble();
        _wander.Restore(state);
    }
}
