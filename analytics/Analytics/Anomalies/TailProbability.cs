namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Turns strangeness into surprise: −log10 of the share of the series' own past that was at least as strange (a conformal
/// p-value, Laxhammar and Falkman 2015). Beyond the most extreme fiftieth of the past a generalised Pareto tail is fitted to the
/// excesses by probability-weighted moments (Hosking and Wallis 1987, §3), so that strangeness never seen still has a probability. Constant memory: the largest values
/// are kept exactly, the rest as counts on a logarithmic scale; when it is full, old and new count half.
/// </summary>
internal sealed class TailProbability
{
    /// <summary>The largest surprise one detector may contribute, decades: beyond, one voice would outvote all others.</summary>
    public const double MostSurprise = 8;

    private const int Fewest = 20;        // values before anything is judged
    private const int Extremes = 512;
    private const int Full = 50_000;      // at this many values all weights are halved
    private const int BinsPerOctave = 8;
    private const int Octaves = 32;
    private const int Bins = Octaves * BinsPerOctave;
    private const int Block = 16;         // bins whose sum is kept as well
    private const double HeaviestTail = 0.9;     // from 1 on it has no mean to fit
    private const double UsualShape = 0.2;       // of a tail of which nothing is known, and
    private const double UsualShapeValues = 10;  // as how many excesses that counts: the shape seen in eight of them is mostly chance

    private readonly double[] _extremes = new double[Extremes]; // ascending
    private readonly double[] _bins = new double[Bins];         // how many of the others lie in each
    private readonly double[] _blocks = new double[Bins / Block];
    private int _kept;
    private double _others;
    private double _unit = double.NaN;                          // the strangeness at the middle of the scale

    /// <summary>Surprise of a strangeness, which is then learned.</summary>
    /// <param name="strangeness">A number ≥ 0; NaN is neither judged nor learned.</param>
    /// <param name="learn">Whether to learn it.</param>
    /// <returns>A number from 0 to <see cref="MostSurprise"/>; 0 for NaN.</returns>
    public double Observe(double strangeness, bool learn = true)
    {
        if (double.IsNaN(strangeness))
        {
            return 0;
        }

        double surprise = _kept + _others < Fewest ? 0 : Surprise(strangeness);
        if (learn)
        {
            Learn(strangeness);
        }

        return surprise;
    }

    public void Save(StateWriter state)
    {
        state.Write(_kept);
        state.Write(_extremes);
        state.Write(_bins);
        state.Write(_others);
        state.Write(_unit);
    }

    public void Restore(StateReader state)
    {
        _kept = state.ReadInt32(0, Extremes);
        state.Read(_extremes);
        state.Read(_bins);
        SumBlocks();
        _others = state.ReadDouble();
        _unit = state.ReadDouble();
    }

    private double Surprise(double strangeness)
    {
        double total = _kept + _others;
        int atLeast = _kept - LowerBound(strangeness);
        if (_others > 0 && strangeness <= _extremes[0])
        {
            return -Math.Log10((atLeast + OthersAbove(strangeness) + 1) / (total + 1));
        }

        int inTail = Math.Min(Math.Max(8, Math.Min((int)(total / 10), (int)(0.02 * total) + 8)), _kept);
        double start = _extremes[_kept - inTail];
        return strangeness <= start || atLeast > inTail
            ? -Math.Log10((atLeast + 1) / (total + 1))
            : Math.Min(MostSurprise, -Math.Log10((inTail + 1) / (total + 1)) + ParetoSurprise(strangeness - start, start, inTail));
    }

    /// <summary>−log10 of the fitted chance that an excess over the start of the tail is as large.</summary>
    private double ParetoSurprise(double excess, double start, int inTail)
    {
        ReadOnlySpan<double> tail = _extremes.AsSpan(_kept - inTail, inTail);
        double sum = 0;
        double ranked = 0;
        for (int i = 0; i < tail.Length; i++)
        {
            sum += tail[i] - start;
            ranked += i * (tail[i] - start);
        }

        double mean = sum / inTail;
        if (mean <= 0)
        {
            return MostSurprise;
        }

        double halfDistance = (2 * ranked / ((inTail - 1.0) * inTail)) - mean; // mean distance of two excesses, halved
        double seen = halfDistance > 0 ? 2 - (mean / halfDistance) : 0;
        double shape = Math.Clamp(((inTail * seen) + (UsualShapeValues * UsualShape)) / (inTail + UsualShapeValues), 0, HeaviestTail);
        double scaled = excess / (mean * (1 - shape));
        return shape < 1e-6 ? scaled / Math.Log(10) : Math.Log10(1 + (shape * scaled)) / shape;
    }

    private void Learn(double strangeness)
    {
        if (_kept < Extremes && (_others == 0 || strangeness >= _extremes[0]))
        {
            Insert(strangeness, _kept);
            _kept++;
            if (_kept == Extremes && double.IsNaN(_unit))
            {
                double middle = _extremes[Extremes / 2];
                _unit = middle > 0 ? middle : Math.Max(_extremes[^1], double.Epsilon);
            }

            return;
        }

        double pushedOut = strangeness;
        if (_kept == Extremes && strangeness > _extremes[0])
        {
            pushedOut = _extremes[0];
            _extremes.AsSpan(1).CopyTo(_extremes);
            Insert(strangeness, Extremes - 1);
        }

        (int bin, _) = BinOf(pushedOut);
        _bins[bin]++;
        _blocks[bin / Block]++;
        _others++;
        if (_kept + _others >= Full)
        {
            Halve();
        }
    }

    private void Insert(double strangeness, int count)
    {
        int at = Array.BinarySearch(_extremes, 0, count, strangeness);
        at = at < 0 ? ~at : at;
        _extremes.AsSpan(at, count - at).CopyTo(_extremes.AsSpan(at + 1));
        _extremes[at] = strangeness;
    }

    /// <summary>Every second of the extremes stays, the counts of the others are halved: the shape stays, the past fades.</summary>
    private void Halve()
    {
        _kept /= 2;
        for (int i = 0; i < _kept; i++)
        {
            _extremes[i] = _extremes[(2 * i) + 1];
        }

        // Counts stay whole, so that their sums are exact in any order: an odd one hands one down.
        double over = 0;
        _others = 0;
        for (int i = Bins - 1; i >= 0; i--)
        {
            double half = Math.Floor((_bins[i] + over) / 2);
            over += _bins[i] - (2 * half);
            _bins[i] = half;
            _others += half;
        }

        Refill();
        SumBlocks();
    }

    /// <summary>Once what was extreme has faded, the largest of the others are: taken from their counts, evenly spread over each bin.</summary>
    private void Refill()
    {
        for (int bin = Bins - 1; bin >= 0 && _kept < Extremes / 2; bin--)
        {
            int taken = (int)Math.Min(_bins[bin], (Extremes / 2) - _kept);
            _extremes.AsSpan(0, _kept).CopyTo(_extremes.AsSpan(taken));
            for (int i = 0; i < taken; i++)
            {
                _extremes[i] = ValueIn(bin, 1 - ((taken - i - 0.5) / _bins[bin]));
            }

            _kept += taken;
            _bins[bin] -= taken;
            _others -= taken;
        }
    }

    private void SumBlocks()
    {
        Array.Clear(_blocks);
        for (int i = 0; i < Bins; i++)
        {
            _blocks[i / Block] += _bins[i];
        }
    }

    private int LowerBound(double strangeness)
    {
        int low = 0;
        int high = _kept;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_extremes[middle] < strangeness)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Eight bins an octave, evenly spaced within it: exponent and leading digits of the number are the bin.</summary>
    private (int Bin, double Fraction) BinOf(double strangeness)
    {
        const int ExponentAndBin = 52 - 3;
        long bits = BitConverter.DoubleToInt64Bits(strangeness / _unit);
        long bin = (bits >> ExponentAndBin) - ((1023L - (Octaves / 2)) * BinsPerOctave);
        return bin < 0 ? (0, 0)
            : bin >= Bins ? (Bins - 1, 0)
            : ((int)bin, (bits & ((1L << ExponentAndBin) - 1)) / (double)(1L << ExponentAndBin));
    }

    /// <summary>The strangeness at a fraction of a bin, the inverse of <see cref="BinOf"/>.</summary>
    private double ValueIn(int bin, double fraction)
    {
        double octaves = Math.Floor((double)bin / BinsPerOctave);
        double within = (bin - (octaves * BinsPerOctave) + fraction) / BinsPerOctave;
        return _unit * Math.ScaleB(1 + within, (int)octaves - (Octaves / 2));
    }

    private double OthersAbove(double strangeness)
    {
        if (_others == 0)
        {
            return 0;
        }

        (int bin, double fraction) = BinOf(strangeness);
        double above = _bins[bin] * (1 - fraction);
        int block = (bin / Block) + 1;
        for (int i = bin + 1; i < block * Block; i++)
        {
            above += _bins[i];
        }

        for (int i = block; i < _blocks.Length; i++)
        {
            above += _blocks[i];
        }

        return above;
    }
}
