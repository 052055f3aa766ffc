namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Spectral residual (Ren et al., Time-Series Anomaly Detection Service at Microsoft, KDD 2019, §3.2): what the logarithm of the
/// amplitude spectrum of a window holds beyond its own local mean, brought back to the time axis, stands out where the eye
/// would look. The newest reading is followed by five extrapolated points, as in the paper, so that it is not at the edge.
/// </summary>
internal sealed class SpectralResidualDetector : IReadingDetector
{
    private const int Window = 64;
    private const int Extrapolated = 5;
    private const int Kept = Window - Extrapolated;
    private const int Neighbours = 20;   // saliency values the newest one is compared with
    private const double Floor = 1e-9;   // of the largest amplitude: below is rounding

    private readonly double[] _values = new double[Kept];
    private readonly double[] _real = new double[Window];
    private readonly double[] _imaginary = new double[Window];
    private readonly double[] _log = new double[Window];
    private int _next;
    private long _count;

    public double Observe(double value)
    {
        _values[_next] = value;
        _next = (_next + 1) % Kept;
        if (++_count < Kept)
        {
            return double.NaN;
        }

        FillWindow();
        Fourier64.Forward(_real, _imaginary);
        if (!KeepResidual())
        {
            return 0;
        }

        Fourier64.Inverse(_real, _imaginary);
        double saliency = Saliency(Kept - 1);
        double usual = 0;
        for (int i = Kept - 1 - Neighbours; i < Kept - 1; i++)
        {
            usual += Saliency(i);
        }

        usual /= Neighbours;
        return usual > 0 ? Math.Max(0, (saliency - usual) / usual) : 0;
    }

    public void Save(StateWriter state)
    {
        state.Write(_values);
        state.Write(_next);
        state.Write(_count);
    }

    public void Restore(StateReader state)
    {
        state.Read(_values);
        _next = state.ReadInt32(0, Kept - 1);
        _count = state.ReadInt64();
    }

    private double Saliency(int i) => Math.Sqrt((_real[i] * _real[i]) + (_imaginary[i] * _imaginary[i]));

    private void FillWindow()
    {
        double mean = 0;
        for (int i = 0; i < Kept; i++)
        {
            _real[i] = _values[(_next + i) % Kept];
            mean += _real[i];
        }

        mean /= Kept;
        double newest = _real[Kept - 1];
        double gradient = 0;
        for (int back = 1; back <= Extrapolated; back++)
        {
            gradient += (newest - _real[Kept - 1 - back]) / back;
        }

        gradient /= Extrapolated;
        double extrapolated = _real[Kept - Extrapolated] + (gradient * Extrapolated) - mean;
        for (int i = 0; i < Kept; i++)
        {
            _real[i] -= mean;
        }

        Array.Fill(_real, extrapolated, Kept, Extrapolated);
        Array.Clear(_imaginary);
    }

    /// <summary>Replaces the spectrum by its residual; false for a window without any movement.</summary>
    private bool KeepResidual()
    {
        // The spectrum of real values is symmetric: the second half follows from the first.
        const int Half = (Window / 2) + 1;
        double largest = 0;
        for (int i = 0; i < Half; i++)
        {
            _log[i] = Saliency(i);
            largest = Math.Max(largest, _log[i]);
        }

        if (largest == 0)
        {
            return false;
        }

        for (int i = 0; i < Half; i++)
        {
            double amplitude = Math.Max(_log[i], Floor * largest);
            _real[i] /= amplitude;
            _imaginary[i] /= amplitude;
            _log[i] = Math.Log(amplitude / largest);
        }

        for (int i = 0; i < Half; i++)
        {
            double around = (_log[i == 0 ? 1 : i - 1] + _log[i] + _log[i == Half - 1 ? i - 1 : i + 1]) / 3;
            double amplitude = Math.Exp(_log[i] - around);
            _real[i] *= amplitude;
            _imaginary[i] *= amplitude;
        }

        for (int i = Half; i < Window; i++)
        {
            _real[i] = _real[Window - i];
            _imaginary[i] = -_imaginary[Window - i];
        }

        return true;
    }
}
