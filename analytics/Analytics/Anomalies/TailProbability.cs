namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Turns strangeness into surprise: −log10 of the share of the signal's own past that was at least as strange. Within the bulk
/// the share is counted; beyond the 98th percentile an exponential tail (generalised Pareto with shape 0 on the logarithm, that
/// is a power law of the strangeness, Hill 1975) is fitted to the excesses, so that strangeness never seen still has a probability.
/// Constant memory: a histogram over the logarithm of the strangeness with slow forgetting.
/// </summary>
internal sealed class TailProbability
{
    private const double LogLowest = -4;   // log10 of the smallest strangeness told apart
    private const double LogHighest = 6;
    private const int BinsPerDecade = 16;
    private const int Bins = (int)(LogHighest - LogLowest) * BinsPerDecade;
    private const double TailShare = 0.02;
    private const double Growth = 1 + (1 / 20_000.0); // a count's weight halves in about 14,000 readings
    private const double Rescale = 1e100;
    private const double PriorDecades = 0.1; // tail width before excesses have been seen: one decade of probability in a quarter more strangeness

    private readonly double[] _weights = new double[Bins];
    private double _total;
    private double _unit = 1;
    private double _tailStart = double.NaN;
    private double _excessSum;
    private double _excessWeight;

    /// <summary>Number of values learned.</summary>
    public long Count { get; private set; }

    /// <summary>Surprise of a strangeness, which is then learned.</summary>
    /// <param name="strangeness">A number ≥ 0; NaN is neither judged nor learned.</param>
    /// <param name="learn">Whether to learn it.</param>
    /// <returns>A number ≥ 0; 0 for NaN.</returns>
    public double Observe(double strangeness, bool learn = true)
    {
        if (double.IsNaN(strangeness))
        {
            return 0;
        }

        double log = Math.Clamp(Math.Log10(Math.Max(strangeness, 1e-300)), LogLowest, LogHighest);
        double position = (log - LogLowest) * BinsPerDecade;
        int bin = Math.Min((int)position, Bins - 1);
        double surprise = Surprise(log, bin, position - bin);
        if (learn)
        {
            Learn(log, bin);
        }

        return surprise;
    }

    public void Save(StateWriter state)
    {
        state.Write(_weights);
        state.Write(_total);
        state.Write(_unit);
        state.Write(_tailStart);
        state.Write(_excessSum);
        state.Write(_excessWeight);
        state.Write(Count);
    }

    public void Restore(StateReader state)
    {
        state.Read(_weights);
        _total = state.ReadDouble();
        _unit = state.ReadDouble();
        _tailStart = state.ReadDouble();
        _excessSum = state.ReadDouble();
        _excessWeight = state.ReadDouble();
        Count = state.ReadInt64();
    }

    private double Surprise(double log, int bin, double fraction)
    {
        if (_total == 0)
        {
            return 0;
        }

        if (log >= _tailStart)
        {
            double width = (_excessSum + (PriorDecades * 10 * _unit)) / (_excessWeight + (10 * _unit));
            return -Math.Log10(TailShare) + ((log - _tailStart) / width * (1 / Math.Log(10)));
        }

        double above = _weights[bin] * (1 - fraction);
        for (int i = bin + 1; i < Bins; i++)
        {
            above += _weights[i];
        }

        return -Math.Log10((above + _unit) / (_total + _unit));
    }

    private void Learn(double log, int bin)
    {
        Count++;
        _unit *= Growth;
        _weights[bin] += _unit;
        _total += _unit;
        if (log >= _tailStart)
        {
            _excessSum += _unit * (log - _tailStart);
            _excessWeight += _unit;
        }

        if (Count % 256 == 0)
        {
            FindTail();
        }
    }

    private void FindTail()
    {
        double above = 0;
        int bin = Bins;
        while (bin > 1 && above < TailShare * _total)
        {
            above += _weights[--bin];
        }

        _tailStart = LogLowest + ((double)bin / BinsPerDecade);
        _excessSum = 0;
        _excessWeight = above;
        for (int i = bin; i < Bins; i++)
        {
            _excessSum += _weights[i] * (i + 0.5 - bin) / BinsPerDecade;
        }

        if (_unit > Rescale)
        {
            for (int i = 0; i < Bins; i++)
            {
                _weights[i] /= _unit;
            }

            _total /= _unit;
            _excessSum /= _unit;
            _excessWeight /= _unit;
            _unit = 1;
        }
    }
}
