namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Two-sided cumulative sum (Page, Continuous Inspection Schemes, Biometrika 1954) of readings standardised by a robust level
/// and spread, with the usual allowance of half a spread: strong on small lasting shifts.
/// </summary>
internal sealed class CusumDetector : IReadingDetector
{
    private const double Allowance = 0.5;
    private const double Most = 1000;       // spreads; a fault that lasts for weeks must be able to end
    private const double MemoryReadings = 2000;
    private const int ReadingsBeforeJudging = 30;

    private readonly RobustLevel _level = new(MemoryReadings);
    private double _above;
    private double _below;

    public double Observe(double value)
    {
        bool judged = _level.Count >= ReadingsBeforeJudging && _level.Spread > 0;
        if (judged)
        {
            double standardised = (value - _level.Level) / _level.Spread;
            _above = Math.Clamp(_above + standardised - Allowance, 0, Most);
            _below = Math.Clamp(_below - standardised - Allowance, 0, Most);
        }

        _level.Add(value);
        return judged ? Math.Max(_above, _below) : double.NaN;
    }

    public void Save(StateWriter state)
    {
        _level.Save(state);
        state.Write(_above);
        state.Write(_below);
    }

    public void Restore(StateReader state)
    {
        _level.Restore(state);
        _above = state.ReadDouble();
        _below = state.ReadDouble();
    }
}
