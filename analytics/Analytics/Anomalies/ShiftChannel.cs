namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// One channel of a <see cref="ShiftMonitor"/>: a short mean against a reference that follows drift but stands still while a
/// shift lasts, so that drift is never a fault and a fault is never learned. How steady the channel is on normal rows decides
/// how much it must shift: a channel whose normal variance is mostly wandering is hardly believed.
/// </summary>
internal sealed class ShiftChannel(ShiftMonitorOptions options)
{
    private const int StartRows = 30;      // rows whose mean starts both means
    private const int QuietRows = 60;      // rows before the distance of the means is learned
    private const int BlockRows = 50;      // rows in a block whose mean shows wandering
    private const double LeastSteady = 1e-4;
    private const double ClipSpreads = 3;
    private const double MostBands = 1000; // half bands off the reference that a row may count for: a wild one is soon forgotten

    private readonly LastValues _last = new();

    private Phase _phase;
    private long _seen;                    // while learning
    private long _rows;                    // learned
    private double _origin;                // first value: sums are taken from here, for the sake of rounding
    private double _sum;
    private double _squares;
    private double _block;
    private double _blockSquares;
    private double _blockSum;
    private long _blocks;
    private double _short;
    private double _reference;
    private double _variance;              // of the distance between short mean and reference
    private double _limit;                 // spreads from which it has shifted
    private double _peak;
    private int _sign;
    private long _recovering;

    private enum Phase
    {
        Learning,
        Normal,
        Shifted,
        Recovering,
    }

    /// <summary>Whether the channel has shifted and not come back.</summary>
    public bool IsShifted => _phase == Phase.Shifted;

    /// <summary>Distance from the reference as a share of the distance that counts as a shift; 0 while learning.</summary>
    public double Severity => _phase == Phase.Learning ? 0 : Distance / _limit;

    /// <summary>Value to expect, in the channel's unit.</summary>
    public double Expected => _reference;

    /// <summary>Half the width of the band in which the short mean may lie, in the channel's unit; NaN while learning.</summary>
    public double HalfBand => _phase == Phase.Learning ? double.NaN : _limit * Math.Sqrt(_variance);

    private double Distance => _variance > 0 ? Math.Abs(_short - _reference) / Math.Sqrt(_variance) : _short == _reference ? 0 : _limit;

    /// <summary>Judges and learns a value; a NaN, or what lies beyond ± 10¹⁸, changes nothing.</summary>
    public void Observe(double value)
    {
        if (!SensorFaults.IsValue(value))
        {
            return;
        }

        if (_phase != Phase.Learning)
        {
            Judge(value);
            return;
        }

        _seen++;
        if (!_last.TakeNear(value))
        {
            return;
        }

        // In place of those left out before it, too: how long it learns must not depend on them.
        while (_phase == Phase.Learning && _rows < _seen)
        {
            Learn(value);
        }
    }

    public void Save(StateWriter state)
    {
        state.Write((long)_phase);
        state.Write(_seen);
        state.Write(_rows);
        state.Write([_origin, _sum, _squares, _block, _blockSquares, _blockSum, _short, _reference, _variance, _limit, _peak]);
        state.Write(_blocks);
        state.Write(_sign);
        state.Write(_recovering);
        _last.Save(state);
    }

    public void Restore(StateReader state)
    {
        _phase = (Phase)state.ReadInt32(0, (int)Phase.Recovering);
        _seen = state.ReadInt64();
        _rows = state.ReadInt64();
        Span<double> numbers = stackalloc double[11];
        state.Read(numbers);
        (_origin, _sum, _squares, _block, _blockSquares) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
        (_blockSum, _short, _reference, _variance, _limit, _peak) = (numbers[5], numbers[6], numbers[7], numbers[8], numbers[9], numbers[10]);
        _blocks = state.ReadInt64();
        _sign = state.ReadInt32(-1, 1);
        _recovering = state.ReadInt64();
        _last.Restore(state);
    }

    private void Learn(double value)
    {
        _rows++;
        if (_rows <= StartRows)
        {
            _origin = _rows == 1 ? value : _origin;
            _short += (value - _short) / _rows;
            _reference = _short;
        }
        else
        {
            _short += options.ShortGain * (value - _short);
        }

        double apart = value - _origin;
        _sum += apart;
        _squares += apart * apart;
        _block += apart;
        if (_rows % BlockRows == 0)
        {
            double mean = _block / BlockRows;
            _blockSum += mean;
            _blockSquares += mean * mean;
            _blocks++;
            _block = 0;
        }

        if (_rows > QuietRows)
        {
            double distance = _short - _reference;
            _variance += ((distance * distance) - _variance) / (_rows - QuietRows);
        }

        if (_rows > StartRows)
        {
            _reference += options.DriftGain * (value - _reference);
        }

        if (_rows == options.LearningRows)
        {
            double mean = _sum / _rows;
            double variance = (_squares / _rows) - (mean * mean);
            double blockMean = _blockSum / _blocks;
            double wandering = (_blockSquares / _blocks) - (blockMean * blockMean);
            // The share of the variance that is not wandering of the block means; 1 − 1/50 for white noise.
            double steady = variance > 0 ? Math.Max(1 - (wandering / variance), LeastSteady) : 1;
            _limit = options.ShiftSpreads / steady;
            _phase = Phase.Normal;
        }
    }

    private void Judge(double value)
    {
        // A constant channel has no noise that a mean would have to quieten.
        double most = MostBands * HalfBand;
        value = most > 0 ? Math.Clamp(value, _reference - most, _reference + most) : value;
        _short = most > 0 ? _short + (options.ShortGain * (value - _short)) : value;

        double distance = Distance;
        int sign = Math.Sign(_short - _reference);
        if (_phase == Phase.Normal && distance >= _limit)
        {
            _phase = Phase.Shifted;
            _peak = 0;
            _sign = sign;
        }

        if (_phase == Phase.Recovering)
        {
            if (distance < _limit * options.ReturnShare)
            {
                _phase = Phase.Normal;
            }
            else if (++_recovering >= options.RecoveryRows)
            {
                _phase = Phase.Normal;
                _reference = _short;
            }
        }

        if (_phase == Phase.Shifted)
        {
            _peak = Math.Max(_peak, distance);
            if (distance < _limit * options.ReturnShare || sign != _sign)
            {
                _phase = Phase.Normal;
            }
            else if (distance < options.RecoveryShare * _peak)
            {
                _phase = Phase.Recovering;
                _recovering = 0;
            }
        }

        if (_phase == Phase.Normal)
        {
            _reference += options.DriftGain * (value - _reference);
            double apart = _short - _reference;
            _variance += options.SpreadGain * (Math.Min(apart * apart, ClipSpreads * ClipSpreads * _variance) - _variance);
        }
    }
}
