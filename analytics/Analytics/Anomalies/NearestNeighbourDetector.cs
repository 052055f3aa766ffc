using System.Numerics;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Distance of the last readings, as one window, to the most similar window of the past: the last value of a left matrix
/// profile (Yeh et al., Matrix Profile I, ICDM 2016) with plain Euclidean distances, so that level and size count as shape does.
/// </summary>
/// <param name="window">Readings in a window; a multiple of 16.</param>
/// <param name="history">Past windows compared with, every fourth reading one.</param>
internal sealed class NearestNeighbourDetector(int window, int history) : IReadingDetector
{
    private const int Stride = 4;
    private const int Chunk = 16;   // values added up before the distance is compared; a multiple of every vector's length
    private const int Slack = 1024; // readings appended before the kept past is moved to the front again; a multiple of the stride

    // Single precision halves memory and time; taken from the first value on, so that a large offset costs no digits.
    private readonly float[] _values = new float[(history * Stride) + window + Slack];
    // Means of half windows, those of one phase of the stride side by side, so that a search runs through neighbours.
    private readonly float[][] _means = [.. Enumerable.Range(0, Stride).Select(_ => new float[history + ((window + Slack) / Stride) + 1])];
    private readonly int _half = window / 2;
    private double _origin = double.NaN;
    private int _count;
    private long _seen;
    private int _bestEnd = -1;

    public double Observe(double value)
    {
        if (_count == _values.Length)
        {
            Shift();
        }

        _origin = double.IsNaN(_origin) ? value : _origin;
        _values[_count++] = (float)(value - _origin);
        _seen++;
        KeepMean(_count - 1);
        return _seen < (2 * window) + 20 ? double.NaN : Math.Sqrt(Nearest(_values.AsSpan(_count - window, window)));
    }

    public void Save(StateWriter state)
    {
        state.Write(_origin);
        state.Write(_seen);
        state.Write(_bestEnd);
        state.Write(_count);
        for (int i = 0; i < _count; i++)
        {
            state.Write((double)_values[i]);
        }
    }

    public void Restore(StateReader state)
    {
        _origin = state.ReadDouble();
        _seen = state.ReadInt64();
        _bestEnd = state.ReadInt32(-1, _values.Length);
        _count = state.ReadInt32(0, _values.Length);
        for (int i = 0; i < _count; i++)
        {
            _values[i] = (float)state.ReadDouble();
            KeepMean(i);
        }
    }

    private double Nearest(ReadOnlySpan<float> newest)
    {
        int last = _count - 1 - window;                        // windows that overlap the newest do not count
        int first = Math.Max(window - 1, last - ((history - 1) * Stride));
        first += (last - first) % Stride;
        float best = float.MaxValue;
        // What followed the best match of one reading before is a good first guess; the rest is then mostly ruled out cheaply.
        int guess = _bestEnd + 1;
        _bestEnd = -1;
        if (guess >= first && guess <= last && (last - guess) % Stride == 0)
        {
            best = Distance(newest, _values.AsSpan(guess - window + 1, window), best);
            _bestEnd = guess;
        }

        // The distances of the means of both halves bound the distance of the windows from below (Cauchy and Schwarz).
        float reach = best / _half;
        int place = first / Stride;
        int count = ((last - first) / Stride) + 1;
        ReadOnlySpan<float> later = _means[last % Stride].AsSpan(place, count);
        ReadOnlySpan<float> earlier = _means[last % Stride].AsSpan(place - (_half / Stride), count);
        float newestLater = MeanTo(_count - 1);
        float newestEarlier = MeanTo(_count - 1 - _half);
        for (int start = 0; start < count; start += Vector<float>.Count)
        {
            int end = Math.Min(start + Vector<float>.Count, count);
            if (end - start == Vector<float>.Count)
            {
                Vector<float> apartLater = new Vector<float>(later[start..]) - new Vector<float>(newestLater);
                Vector<float> apartEarlier = new Vector<float>(earlier[start..]) - new Vector<float>(newestEarlier);
                if (Vector.GreaterThanAll((apartLater * apartLater) + (apartEarlier * apartEarlier), new Vector<float>(reach)))
                {
                    continue;
                }
            }

            for (int i = start; i < end; i++)
            {
                float apartLater = later[i] - newestLater;
                float apartEarlier = earlier[i] - newestEarlier;
                if ((apartLater * apartLater) + (apartEarlier * apartEarlier) <= reach)
                {
                    int candidate = first + (i * Stride);
                    float distance = Distance(newest, _values.AsSpan(candidate - window + 1, window), best);
                    if (distance < best)
                    {
                        best = distance;
                        _bestEnd = candidate;
                        reach = best / _half;
                    }
                }
            }
        }

        return best;
    }

    private void KeepMean(int end)
    {
        if (end >= _half - 1)
        {
            _means[end % Stride][end / Stride] = Sum(_values.AsSpan(end - _half + 1, _half)) / _half;
        }
    }

    private float MeanTo(int end) => _means[end % Stride][end / Stride];

    /// <summary>Squared distance of two windows; once it is clear that it is more than enough, any larger number.</summary>
    private static float Distance(ReadOnlySpan<float> one, ReadOnlySpan<float> other, float enough)
    {
        float sum = 0;
        for (int i = 0; i < one.Length && sum < enough; i += Chunk)
        {
            sum += Squares(one.Slice(i, Chunk), other.Slice(i, Chunk));
        }

        return sum;
    }

    private static float Squares(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < Chunk; i += Vector<float>.Count)
        {
            Vector<float> apart = new Vector<float>(one[i..]) - new Vector<float>(other[i..]);
            sum += apart * apart;
        }

        return Vector.Sum(sum);
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        float sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum;
    }

    private void Shift()
    {
        _values.AsSpan(Slack).CopyTo(_values);
        foreach (float[] phase in _means)
        {
            phase.AsSpan(Slack / Stride).CopyTo(phase);
        }

        _count -= Slack;
        _bestEnd = Math.Max(_bestEnd - Slack, -1);
    }
}
