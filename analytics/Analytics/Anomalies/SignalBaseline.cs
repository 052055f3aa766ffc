using Linewatch.Plants;
using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// What is normal for one signal in one context: its daily profile and its detectors, each with the tail of its own past.
/// Their surprises are added with equal weight.
/// </summary>
internal sealed class SignalBaseline
{
    private const double SpreadReadings = 2000;
    private const double StrongSurprise = 2;  // decades a detector: what follows is half learned, that an anomaly may not become the norm
    private const int Aftermath = 30;
    private const int FirstReadings = 16;     // learned together, about their median

    private readonly DailyProfile _profile = new();
    private readonly RobustLevel _residual = new(SpreadReadings);
    private readonly List<Member> _members;
    private readonly double _persistence;
    private readonly double _clip;
    private readonly List<(DateTime EventTime, double Value)> _first = [];
    private double _previous = double.NaN;
    private double _lasting;
    private int _aftermath;

    public SignalBaseline(SignalContext context, SignalMonitorOptions options)
    {
        Context = context;
        _persistence = options.PersistenceOfWatching;
        _clip = options.ClipSpreads;
        _members = [.. options.Watching.Select(Create)];
    }

    private enum Source
    {
        Value,
        Residual,
        Step,
    }

    /// <summary>The detectors of the default set were chosen on the development part of a public benchmark; see the README beside this file.</summary>
    private static Member Create(SignalDetector detector) => detector switch
    {
        SignalDetector.Residual => new("residual", Source.Residual, new DeviationDetector(1)),
        SignalDetector.ResidualMean => new("residual-mean", Source.Residual, new DeviationDetector(24)),
        SignalDetector.ResidualRange => new("residual-range", Source.Residual, new RangeDetector(6)),
        SignalDetector.Range => new("range", Source.Value, new RangeDetector(1)),
        SignalDetector.StepRange => new("step-range", Source.Step, new RangeDetector(1)),
        SignalDetector.Quietness => new("quietness", Source.Value, new QuietnessDetector(96)),
        SignalDetector.Level => new("level", Source.Value, new EwmaDetector(1)),
        SignalDetector.Cusum => new("cusum", Source.Value, new CusumDetector()),
        SignalDetector.Ewma => new("ewma", Source.Value, new EwmaDetector(0.2)),
        SignalDetector.SpectralResidual => new("spectral-residual", Source.Value, new SpectralResidualDetector()),
        SignalDetector.SingularSpectrum => new("singular-spectrum", Source.Value, new SingularSpectrumDetector(tested: 1)),
        SignalDetector.SingularSpectrumChange => new("singular-spectrum-change", Source.Value, new SingularSpectrumDetector(tested: 24)),
        SignalDetector.NearestNeighbour => new("nearest-neighbour", Source.Value, new NearestNeighbourDetector(window: 32, history: 1500)),
        _ => throw new ArgumentOutOfRangeException(nameof(detector), detector, "there is no such detector"),
    };

    public SignalContext Context { get; }

    /// <summary>Readings learned.</summary>
    public long Count { get; private set; }

    /// <summary>Number of the monitor's reading at which this baseline was last used.</summary>
    public long LastUsed { get; set; }

    /// <summary>Usual deviation from the expected value.</summary>
    public double Spread => _residual.Spread;

    /// <summary>Names of the detectors, in the order of <see cref="Surprises"/>.</summary>
    public IEnumerable<string> Detectors => _members.Select(member => member.Name);

    /// <summary>What each detector contributed to the last score, decades.</summary>
    public IEnumerable<double> Surprises => _members.Select(member => member.Surprise);

    /// <summary>The value to expect at a time.</summary>
    public double Expect(DateTime eventTime) => _profile.Expect(eventTime);

    /// <summary>Judges and learns a reading.</summary>
    /// <param name="eventTime">When it happened, UTC.</param>
    /// <param name="value">A finite value.</param>
    /// <returns>The sum of the surprises of the detectors that know enough, averaged over the persistence; 0 while none does.</returns>
    public double Observe(DateTime eventTime, double value)
    {
        Count++;
        if (double.IsPositiveInfinity(_clip))
        {
            return Learn(eventTime, value);
        }

        if (Count > FirstReadings)
        {
            return Learn(eventTime, Clipped(value, Expect(eventTime), Spread));
        }

        _first.Add((eventTime, value));
        if (Count == FirstReadings)
        {
            LearnFirst();
        }

        return 0;
    }

    /// <summary>Takes back the surprise of late: it came from the sensor.</summary>
    public void Calm() => _lasting = 0;

    public void Save(StateWriter state)
    {
        state.Write((long)Context.Activity);
        state.Write(Context.Product);
        state.Write(Context.Programme);
        state.Write(Context.SpeedBand);
        state.Write(Count);
        state.Write(LastUsed);
        state.Write(_previous);
        state.Write(_lasting);
        state.Write(_aftermath);
        state.Write((long)_first.Count);
        foreach ((DateTime eventTime, double value) in _first)
        {
            state.Write(eventTime.Ticks);
            state.Write(value);
        }

        _profile.Save(state);
        _residual.Save(state);
        foreach (Member member in _members)
        {
            member.Detector.Save(state);
            member.Tail.Save(state);
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
            _previous = state.ReadDouble(),
            _lasting = state.ReadDouble(),
            _aftermath = state.ReadInt32(0, Aftermath),
        };
        int first = state.ReadInt32(0, FirstReadings - 1);
        for (int i = 0; i < first; i++)
        {
            baseline._first.Add((state.ReadUtc(), state.ReadDouble()));
        }

        baseline._profile.Restore(state);
        baseline._residual.Restore(state);
        foreach (Member member in baseline._members)
        {
            member.Detector.Restore(state);
            member.Tail.Restore(state);
        }

        return baseline;
    }

    private void LearnFirst()
    {
        double[] values = [.. _first.Select(reading => reading.Value)];
        double median = values.Median();
        double spread = RobustSpread.Of(values);
        foreach ((DateTime eventTime, double value) in _first)
        {
            _ = Learn(eventTime, Clipped(value, median, spread));
        }

        _first.Clear();
    }

    private double Clipped(double value, double expected, double spread) =>
        spread > 0 ? Math.Clamp(value, expected - (_clip * spread), expected + (_clip * spread)) : value;

    private double Learn(DateTime eventTime, double value)
    {
        double residual = _profile.Learn(eventTime, value);
        _residual.Add(residual);
        double step = double.IsNaN(_previous) ? 0 : value - _previous;
        _previous = value;
        double sum = 0;
        bool learn = _aftermath % 2 == 0;
        foreach (Member member in _members)
        {
            double strangeness = member.Detector.Observe(member.Source switch
            {
                Source.Residual => residual,
                Source.Step => step,
                _ => value,
            });
            member.Surprise = member.Tail.Observe(strangeness, learn);
            sum += member.Surprise;
        }

        _aftermath = sum >= StrongSurprise * _members.Count ? Aftermath : Math.Max(0, _aftermath - 1);
        _lasting += (sum - _lasting) / _persistence;
        return _lasting;
    }

    private sealed class Member(string name, Source source, IReadingDetector detector)
    {
        public string Name => name;

        public Source Source => source;

        public IReadingDetector Detector => detector;

        public TailProbability Tail { get; } = new();

        public double Surprise { get; set; }
    }
}
