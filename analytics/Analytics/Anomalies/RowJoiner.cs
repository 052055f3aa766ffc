namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Joins what the monitors of a machine's signals leave unexplained, each at its own time, to rows: one a minute of event time, given
/// out with the first reading behind it. A signal that says nothing in a minute stands as it stood for five more, then it is NaN, as one whose
/// sensor is faulty; one that is excluded, learning or odd by itself is infinite. Constant memory; not thread-safe.
/// </summary>
/// <param name="signals">Signals in a row.</param>
internal sealed class RowJoiner(int signals)
{
    /// <summary>Beyond, a value says no more than that it is far off.</summary>
    private const double Clip = 8;

    private const long HeldSlots = 5;
    private const long None = -HeldSlots - 1;

    private static readonly TimeSpan Slot = TimeSpan.FromMinutes(1);

    private readonly double[] _values = new double[signals];
    private readonly long[] _slots = [.. Enumerable.Repeat(None, signals)];
    private long _slot = None;

    /// <summary>Takes what a monitor said of a reading.</summary>
    /// <param name="place">The signal's place in the row.</param>
    /// <param name="eventTime">When; a minute before the row in hand is ignored.</param>
    /// <param name="kind">The monitor's verdict.</param>
    /// <param name="deviation">Usual errors from what was to be expected; NaN where nothing was judged.</param>
    /// <param name="row">Filled with the row that ended before this reading.</param>
    /// <returns>Whether a row has ended.</returns>
    public bool TryAdd(int place, DateTime eventTime, VerdictKind kind, double deviation, Span<double> row)
    {
        long slot = eventTime.Ticks / Slot.Ticks;
        if (slot < _slot || kind == VerdictKind.OutOfOrder || (kind == VerdictKind.Normal && double.IsNaN(deviation)))
        {
            return false;
        }

        bool ended = slot > _slot && _slot != None;
        if (ended)
        {
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = _slot - _slots[i] <= HeldSlots ? _values[i] : double.NaN;
            }
        }

        _slot = slot;
        _slots[place] = slot;
        _values[place] = kind switch
        {
            VerdictKind.Normal => Math.Clamp(deviation, -Clip, Clip),
            VerdictKind.Excluded or VerdictKind.Learning or VerdictKind.Anomaly => double.PositiveInfinity,
            _ => double.NaN,
        };
        return ended;
    }

    /// <summary>Forgets the row in hand and what is held.</summary>
    public void Clear()
    {
        _slot = None;
        _slots.AsSpan().Fill(None);
    }

    public void Save(StateWriter state)
    {
        state.Write(_slot);
        state.Write(_values);
        foreach (long slot in _slots)
        {
            state.Write(slot);
        }
    }

    public void Restore(StateReader state)
    {
        _slot = state.ReadInt64();
        state.Read(_values);
        foreach (ref long slot in _slots.AsSpan())
        {
            slot = state.ReadInt64();
        }
    }
}
