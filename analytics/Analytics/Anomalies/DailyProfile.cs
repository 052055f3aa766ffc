namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// What a signal usually shows at each half hour of the UTC day, from the middle of one to the middle of the next in a straight
/// line, for a day has no steps on the half hour; before a half hour has been seen, its level of late.
/// </summary>
internal sealed class DailyProfile
{
    private const int Slots = 48;
    private const double DaysOfMemory = 14;
    private const double LevelGain = 0.01; // the level of late forgets within about 100 readings

    private readonly double[] _levels = new double[Slots];
    private readonly double[] _visits = new double[Slots];
    private double _level = double.NaN;
    private int _slot = -1;
    private double _slotSum;
    private double _slotCount;

    /// <summary>The value to expect; NaN before the first reading.</summary>
    public double Expect(DateTime eventTime)
    {
        double place = eventTime.TimeOfDay.Ticks * (double)Slots / TimeSpan.TicksPerDay;
        int slot = (int)place;
        if (_visits[slot] == 0)
        {
            return _level;
        }

        double fromMiddle = place - slot - 0.5;
        int neighbour = (slot + (fromMiddle < 0 ? Slots - 1 : 1)) % Slots;
        return _visits[neighbour] == 0
            ? _levels[slot]
            : _levels[slot] + ((_levels[neighbour] - _levels[slot]) * Math.Abs(fromMiddle));
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

        double residual = value - Expect(eventTime);
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
