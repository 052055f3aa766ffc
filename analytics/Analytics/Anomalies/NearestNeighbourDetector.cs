using System.Numerics;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Distance of the last readings, as one window, to the most similar window of the past: the last value of a left matrix
/// profile (Yeh et al., Matrix Profile I, ICDM 2016) with plain Euclidean distances, so that level and size count as shape does.
/// </summary>
/// <param name="window">Readings in a window.</param>
/// <param name="history">Past windows compared with, every fourth reading one.</param>
internal sealed class NearestNeighbourDetector(int window, int history) : IReadingDetector
{
    private const int Stride = 4;
    private const int Slack = 1024; // readings appended before the kept past is moved to the front again

    private readonly double[] _values = new double[(history * Stride) + window + Slack];
    private readonly double[] _means = new double[(history * Stride) + window + Slack]; // of the window that ends there
    private int _count;
    private long _seen;
    private int _bestEnd = -1;

    public double Observe(double value)
    {
        if (_count == _values.Length)
        {
            Shift();
        }

        _values[_count++] = value;
        _seen++;
        if (_count < window)
        {
            return double.NaN;
        }

        ReadOnlySpan<double> newest = _values.AsSpan(_count - window, window);
        double mean = 0;
        foreach (double one in newest)
        {
            mean += one;
        }

        mean /= window;
        _means[_count - 1] = mean;
        return _seen < (2 * window) + 20 ? double.NaN : Math.Sqrt(Nearest(newest, mean));
    }

    public void Save(StateWriter state)
    {
        state.Write(_seen);
        state.Write(_bestEnd);
        state.Write(_count);
        state.Write(_values.AsSpan(0, _count));
        state.Write(_means.AsSpan(0, _count));
    }

    public void Restore(StateReader state)
    {
        _seen = state.ReadInt64();
        _bestEnd = state.ReadInt32(-1, _values.Length);
        _count = state.ReadInt32(0, _values.Length);
        state.Read(_values.AsSpan(0, _count));
        state.Read(_means.AsSpan(0, _count));
    }

    private double Nearest(ReadOnlySpan<double> newest, double mean)
    {
        int last = _count - 1 - window;                        // windows that overlap the newest do not count
        int first = Math.Max(window - 1, last - ((history - 1) * Stride));
        double best = double.MaxValue;
        // What followed the best match of one reading before is a good first guess; the rest is then mostly ruled out cheaply.
        int guess = _bestEnd + 1;
        int bestEnd = -1;
        if (guess >= first && guess <= last && (last - guess) % Stride == 0)
        {
            best = Distance(newest, _values.AsSpan(guess - window + 1, window), best);
            bestEnd = guess;
        }

        for (int end = last; end >= first; end -= Stride)
        {
            // The distance of the means bounds the distance of the windows from below (Cauchy and Schwarz).
            double apart = mean - _means[end];
            if (window * apart * apart < best)
            {
                double distance = Distance(newest, _values.AsSpan(end - window + 1, window), best);
                if (distance < best)
                {
                    best = distance;
                    bestEnd = end;
                }
            }
        }

        _bestEnd = bestEnd;
        return best;
    }

    private static double Distance(ReadOnlySpan<double> one, ReadOnlySpan<double> other, double enough)
    {
        double sum = 0;
        int i = 0;
        for (; i <= one.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> apart = new Vector<double>(one[i..]) - new Vector<double>(other[i..]);
            sum += Vector.Dot(apart, apart);
            if (sum > enough)
            {
                return sum;
            }
        }

        for (; i < one.Length; i++)
        {
            double apart = one[i] - other[i];
            sum += apart * apart;
        }

        return sum;
    }

    private void Shift()
    {
        _values.AsSpan(Slack).CopyTo(_values);
        _means.AsSpan(Slack).CopyTo(_means);
        _count -= Slack;
        _bestEnd = Math.Max(_bestEnd - Slack, -1);
    }
}
