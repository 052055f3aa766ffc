namespace Linewatch.Analytics.Anomalies;

/// <summary>What is normal for one signal in one context: its detectors, each with the tail of its own past.</summary>
internal sealed class SignalBaseline
{
    private const double LastingReadings = 3;

    private readonly LevelDetector _level;
    private readonly IReadingDetector[] _detectors;
    private readonly TailProbability[] _tails;

    public SignalBaseline(SignalContext context, SignalMonitorOptions options)
    {
        Context = context;
        _level = new LevelDetector(options.ShortReadings, options.LongReadings);
        Daily = new DailyProfileDetector();
        _detectors = [_level, Daily, new RangeDetector(options.LongReadings * 5.0)];
        _tails = new TailProbability[_detectors.Length];
        for (int i = 0; i < _tails.Length; i++)
        {
            _tails[i] = new TailProbability();
        }
    }

    public SignalContext Context { get; }

    /// <summary>Mean surprise of the last few readings: one odd reading is noise, several are a fault.</summary>
    public double Lasting { get; private set; }

    /// <summary>Readings learned.</summary>
    public long Count { get; private set; }

    /// <summary>Number of the monitor's reading at which this baseline was last used.</summary>
    public long LastUsed { get; set; }

    /// <summary>Usual deviation of the signal.</summary>
    public double Spread => _level.Spread;

    /// <summary>The time-of-day profile, the better forecast once it knows the day.</summary>
    public DailyProfileDetector Daily { get; }

    /// <summary>Value expected before the reading arrives, and its usual deviation.</summary>
    public (double Expected, double Spread) Forecast => (_level.Expected, _level.Spread);

    /// <summary>Judges and learns a reading.</summary>
    /// <param name="eventTime">When it happened, UTC.</param>
    /// <param name="value">A finite value.</param>
    /// <param name="learnTail">False while a known anomaly lasts: what it shows must not become usual.</param>
    /// <returns>The sum of the surprises of the detectors that know enough; 0 while none does.</returns>
    public double Observe(DateTime eventTime, double value, bool learnTail)
    {
        Count++;
        double surprise = 0;
        for (int i = 0; i < _detectors.Length; i++)
        {
            double strangeness = _detectors[i].Observe(eventTime, value);
            if (!double.IsNaN(strangeness))
            {
                surprise += _tails[i].Observe(strangeness, learnTail);
            }
        }

        Lasting += (surprise - Lasting) / LastingReadings;
        return surprise;
    }

    public void Save(StateWriter state)
    {
        state.Write((long)Context.Activity);
        state.Write(Context.Product);
        state.Write(Context.Programme);
        state.Write(Context.SpeedBand);
        state.Write(Count);
        state.Write(LastUsed);
        state.Write(Lasting);
        for (int i = 0; i < _detectors.Length; i++)
        {
            _detectors[i].Save(state);
            _tails[i].Save(state);
        }
    }

    public static SignalBaseline Restore(StateReader state, SignalMonitorOptions options)
    {
        Activity activity = (Activity)state.ReadInt32(0, (int)Activity.Unknown);
        SignalContext context = new(activity, state.ReadString(), state.ReadString(), (byte)state.ReadInt32(0, byte.MaxValue));
        SignalBaseline baseline = new(context, options)
        {
            Count = state.ReadInt64(),
            LastUsed = state.ReadInt64(),
            Lasting = state.ReadDouble(),
        };
        for (int i = 0; i < baseline._detectors.Length; i++)
        {
            baseline._detectors[i].Restore(state);
            baseline._tails[i].Restore(state);
        }

        return baseline;
    }
}
