namespace Linewatch.Analytics.Anomalies;

/// <summary>Size of the mean of the last values of a series that should hover around 0, such as a residual.</summary>
/// <param name="readings">Values in the mean; 1 = the value itself.</param>
internal sealed class DeviationDetector(int readings) : IReadingDetector
{
    private readonly MovingMean _mean = new(readings);

    public double Observe(double value) => Math.Abs(_mean.Add(value));

    public void Save(StateWriter state) => _mean.Save(state);

    public void Restore(StateReader state) => _mean.Restore(state);
}
