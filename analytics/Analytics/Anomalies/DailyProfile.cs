namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// What a signal usually shows at each half hour of the UTC day; before a half hour has been seen, its level of late.
/// </summary>
internal sealed class DailyProfile
{
    private const int Slots = 48;
    private const double DaysOfMemory = 14;
    private const double LevelGain = 0.02; // the level of late forgets within about 50 readings

    private readonly double[] _levels = new double[Slots];
    private readonly double[] _visits = new double[Slots];
    private double _level = double.NaN;
    private int _slot = -1;
    private double _slotSum;
    private double _slotCount;

    /// <summary>The value to expect; NaN before the first reading.</summary>
    public double Expect(DateTime eventTime)
    {
        int slot = SlotOf(eventTime);
        return _visits[slot] > 0 ? _levels[slot] : _level;
    }

    /// <summary>Learns a reading.</summary>
    /// <returns>What was left after the expectation; 0 for the very first reading.</returns>
    public double Learn(DateTime eventTime, double value)
    {
        int slot = SlotOf(eventTime);
        if (slot != _slot)
        {
            CloseSlot();
            _slot = slot;
        }

        if (double.IsNaN(_level))
        {
            _level = value;
        }

        double residual = value - (_visits[slot] > 0 ? _levels[slot] : _level);
        _level += LevelGain * (value - _level);
        _slotSum += value;
        _slotCount++;
        return residual;
    }

    public void Save(StateWriter state)
    {
        state.Write(_levels);
        state.Write(_visits);
        state.Write(_level);
        state.Write(_slot);
        state.Write(_slotSum);
        state.Write(_slotCount);
    }

    public void Restore(StateReader state)
    {
        state.Read(_levels);
        state.Read(_visits);
        _level = state.ReadDouble();
        _slot = state.ReadInt32(-1, Slots - 1);
        _slotSum = state.ReadDouble();
        _slotCount = state.ReadDouble();
    }

    private static int SlotOf(DateTime eventTime) => (int)(eventTime.TimeOfDay.Ticks * Slots / TimeSpan.TicksPerDay);

    private void CloseSlot()
    {
        if (_slotCount == 0)
        {
            return;
        }

        _visits[_slot] = Math.Min(_visits[_slot] + 1, DaysOfMemory);
        _levels[_slot] += ((_slotSum / _slotCount) - _levels[_slot]) / _visits[_slot];
        _slotSum = 0;
        _slotCount = 0;
    }
}
