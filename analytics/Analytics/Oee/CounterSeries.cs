using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>
/// A cumulative counter turned into units made. Resets, rollover and glitches follow <c>domain.md</c> §1.4: a drop near
/// the maximum is a rollover, any other drop a reset after which the new value counts, and an increase beyond
/// 1.5 × design speed is refused until the next reading tells a glitch (it returns) from a jump (it stays; nothing is
/// counted for it). Not thread-safe.
/// </summary>
internal sealed class CounterSeries(Signal signal, double? designRatePerHour, long interpolateUpTo)
{
    /// <summary>Share of its maximum from which a drop is a rollover, where the plant names the maximum.</summary>
    private const double NearKnownMaximum = 0.9;

    /// <summary>The same for maxima that are only assumed.</summary>
    private const double NearUsualMaximum = 0.999;

    /// <summary>A counter that moves in steps (a layer, a pack) may bring what was made since its last step, up to this long ago.</summary>
    private const long LongestStep = TimeSpan.TicksPerMinute;

    /// <summary>What counters roll over at that the plant names no maximum for: PackTags (PackML §6.3.4) and the other types a controller has.</summary>
    private static readonly double[] UsualMaxima = [short.MaxValue, ushort.MaxValue, int.MaxValue, uint.MaxValue];

    private readonly EventSeries<double> _readings = new();
    private readonly double[] _maxima = signal.CounterMaximum is { } maximum ? [maximum] : UsualMaxima;
    private readonly double _near = signal.CounterMaximum is null ? NearUsualMaximum : NearKnownMaximum;
    private readonly double? _unitsPerTick = designRatePerHour * 1.5 / TimeSpan.TicksPerHour;
    private double[] _made = [];
    private int _done;
    private Baseline _baseline;

    /// <summary>Increases that were refused so far, within what is held.</summary>
    public int Refused
    {
        get
        {
            Catch();
            return _baseline.Refused;
        }
    }

    /// <summary>Whether there is a reading at all.</summary>
    public bool IsEmpty => _readings.Count == 0;

    /// <summary>Takes a reading; false when it was known already.</summary>
    public bool Set(long time, double value, int repeat = 0)
    {
        if (double.IsNaN(value))
        {
            return false;
        }

        int place = _readings.Set(time, value, repeat);
        if (place >= 0 && place < _done)
        {
            _done = 0;
        }

        return place >= 0;
    }

    /// <summary>Forgets what was before an instant; differences after it stay.</summary>
    public void Trim(long before)
    {
        Catch();
        int gone = _readings.Trim(before);
        if (gone > 0)
        {
            _done -= gone;
            Array.Copy(_made, gone, _made, 0, _done);
        }
    }

    /// <summary>
    /// Units made up to an instant, on an arbitrary zero: only differences mean anything. Between two readings close
    /// together the whole units are shared out evenly; across a longer gap they belong to the later reading.
    /// </summary>
    public double MadeUntil(long time)
    {
        Catch();
        int index = _readings.At(time);
        if (index < 0)
        {
            return _readings.Count == 0 ? 0 : _made[0];
        }

        if (index + 1 < _readings.Count)
        {
            long start = _readings.Time(index);
            long length = _readings.Time(index + 1) - start;
            if (time > start && length <= interpolateUpTo)
            {
                return _made[index] + Math.Floor((_made[index + 1] - _made[index]) * (time - start) / length);
            }
        }

        return _made[index];
    }

    /// <summary>Units made in [from, to); a reading exactly on a bound ends what is before it and starts what is after.</summary>
    public double MadeBetween(long from, long to) => MadeUntil(to) - MadeUntil(from);

    private void Catch()
    {
        int count = _readings.Count;
        if (_done == count)
        {
            return;
        }

        if (_made.Length < count)
        {
            Array.Resize(ref _made, Math.Max(count, _made.Length * 2));
        }

        if (_done == 0)
        {
            _baseline = default;
        }

        while (_done < count)
        {
            Take(_readings.Time(_done), _readings.Value(_done));
            _made[_done++] = _baseline.Made;
        }
    }

    private void Take(long time, double value)
    {
        ref Baseline now = ref _baseline;
        if (!now.IsSet)
        {
            // The first reading has nothing before it: no increase.
            now = new Baseline { IsSet = true, Time = time, Value = value, Changed = time };
            return;
        }

        double increase = Increase(now, time, value);
        if (IsPlausible(increase, time, now.Time, now.Changed))
        {
            bool reset = value < now.Value && increase == value;
            Baseline before = now;
            now.Made += increase;
            now.Move(time, value, increase);
            (now.HasBefore, now.BeforeTime, now.BeforeValue, now.BeforeMade, now.BeforeChanged) =
                (reset, before.Time, before.Value, before.Made, before.Changed);
        }
        else if (now.HasBefore && value >= now.BeforeValue
            && IsPlausible(value - now.BeforeValue, time, now.BeforeTime, now.BeforeChanged))
        {
            // The drop was a glitch: the counter goes on from where it was.
            increase = value - now.BeforeValue;
            now.Made = Math.Max(now.Made, now.BeforeMade + increase);
            now.Move(time, value, increase);
            now.HasBefore = false;
            now.Refused++;
        }
        else if (now.HasCandidate && value >= now.CandidateValue
            && IsPlausible(value - now.CandidateValue, time, now.CandidateTime, now.CandidateTime))
        {
            // The jump stays: the counter was set. It counts on from there.
            increase = value - now.CandidateValue;
            now.Made += increase;
            now.Move(time, value, increase);
            now.HasBefore = false;
        }
        else
        {
            (now.HasCandidate, now.CandidateTime, now.CandidateValue) = (true, time, value);
            now.Refused++;
        }
    }

    /// <summary>What a change of the counter means in units: a drop near a maximum is a rollover if the increase can be, else a reset.</summary>
    private double Increase(in Baseline now, long time, double value)
    {
        if (value >= now.Value)
        {
            return value - now.Value;
        }

        foreach (double maximum in _maxima)
        {
            // 2,147,483,647 is the same as 0, so that is the modulus too.
            double rolled = value - now.Value + maximum;
            if (now.Value <= maximum && IsNear(now.Value, maximum) && IsPlausible(rolled, time, now.Time, now.Changed))
            {
                return rolled;
            }
        }

        return value;
    }

    /// <summary>Near by share of the maximum, or no further from it than a minute's units.</summary>
    private bool IsNear(double value, double maximum) => value >= maximum * _near || maximum - value <= _unitsPerTick * LongestStep;

    private bool IsPlausible(double increase, long time, long since, long changed)
    {
        if (_unitsPerTick is not { } unitsPerTick || increase == 0)
        {
            return true;
        }

        long elapsed = Math.Max(time - since, Math.Min(time - changed, LongestStep));
        return increase <= (unitsPerTick * Math.Max(elapsed, TimeSpan.TicksPerSecond)) + 1;
    }

    private struct Baseline
    {
        public bool IsSet;
        public long Time;
        public double Value;
        public double Made;
        public int Refused;

        /// <summary>When the counter last moved.</summary>
        public long Changed;

        /// <summary>The baseline before the last reading, when that was taken for a reset.</summary>
        public bool HasBefore;
        public long BeforeTime;
        public double BeforeValue;
        public double BeforeMade;
        public long BeforeChanged;

        /// <summary>A refused reading that the next one may confirm.</summary>
        public bool HasCandidate;
        public long CandidateTime;
        public double CandidateValue;

        public void Move(long time, double value, double increase)
        {
            Time = time;
            Value = value;
            HasCandidate = false;
            if (increase > 0)
            {
                Changed = time;
            }
        }
    }
}
