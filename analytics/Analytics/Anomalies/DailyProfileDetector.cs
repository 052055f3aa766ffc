namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Residual against what the signal usually shows at this time of day, in units of the residual's own spread. The profile holds
/// one level per half hour of the UTC day.
/// </summary>
internal sealed class DailyProfileDetector : IReadingDetector
{
    private const int Slots = 48;
    private const double DaysOfMemory = 7;

    private readonly double[] _levels = new double[Slots];
    private readonly double[] _visits = new double[Slots];
    private readonly RobustLevel _residual = new(2000);
    private int _slot = -1;
    private double _slotSum;
    private double _slotCount;

    public double Expected { get; private set; } = double.NaN;

    public double Spread => _residual.Spread;

    public double Observe(DateTime eventTime, double value)
    {
        int slot = (int)(eventTime.TimeOfDay.Ticks * Slots / TimeSpan.TicksPerDay);
        if (slot != _slot)
        {
            CloseSlot();
            _slot = slot;
        }

        _slotSum += value;
        _slotCount++;
        if (_visits[slot] == 0)
        {
            Expected = double.NaN;
            return double.NaN;
        }

        Expected = _levels[slot];
        double residual = value - Expected;
        double strangeness = _residual.Count < Slots || _residual.Spread == 0
            ? double.NaN
            : Math.Abs(residual - _residual.Level) / _residual.Spread;
        _residual.Add(residual);
        return strangeness;
    }

    public void Save(StateWriter state)
    {
        state.Write(_levels);
        state.Write(_visits);
        _residual.Save(state);
        state.Write(_slot);
        state.Write(_slotSum);
        state.Write(_slotCount);
        state.Write(Expected);
    }

    public void Restore(StateReader state)
    {
        state.Read(_levels);
        state.Read(_visits);
        _residual.Restore(state);
        _slot = state.ReadInt32(-1, Slots - 1);
        _slotSum = state.ReadDouble();
        _slotCount = state.ReadDouble();
        Expected = state.ReadDouble();
    }

    private void CloseSlot()
    {
        if (_slotCount == 0)
        {
            return;
        }

        double mean = _slotSum / _slotCount;
        _visits[_slot] = Math.Min(_visits[_slot] + 1, DaysOfMemory);
        _levels[_slot] += (mean - _levels[_slot]) / _visits[_slot];
        _slotSum = 0;
        _slotCount = 0;
    }
}
