namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// How much less than usual the signal moves: the logarithm of its usual mean step over the mean step of the last readings.
/// Catches machines that idle when they should work and sensors that no longer feel.
/// </summary>
/// <param name="readings">Readings in the mean step; at least 2.</param>
internal sealed class QuietnessDetector(int readings) : IReadingDetector
{
    private const double Memory = 2000;    // readings after which the usual step has mostly turned over
    private const double Stillness = 1e-3; // share of the usual step that counts as none

    private readonly MovingMean _step = new(readings);
    private double _previous = double.NaN;
    private long _count;
    private double _usual;

    public double Observe(double value)
    {
        double step = double.IsNaN(_previous) ? 0 : Math.Abs(value - _previous);
        _previous = value;
        double mean = Math.Max(_step.Add(step), 0);
        if (++_count <= readings)
        {
            return double.NaN;
        }

        double strangeness = _usual > 0 ? Math.Max(0, Math.Log(_usual / (mean + (Stillness * _usual)))) : double.NaN;
        _usual += Math.Max(1 / Memory, 1.0 / (_count - readings)) * (mean - _usual);
        return strangeness;
    }

    public void Save(StateWriter state)
    {
        _step.Save(state);
        state.Write(_previous);
        state.Write(_count);
        state.Write(_usual);
    }

    public void Restore(StateReader state)
    {
        _step.Restore(state);
        _previous = state.ReadDouble();
        _count = state.ReadInt64();
        _usual = state.ReadDouble();
    }
}
