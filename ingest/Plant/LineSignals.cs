namespace Linewatch.Plants;

/// <summary>
/// The signals of one line, numbered, so that whoever keeps something for each of them keeps it in an array of the line's own size.
/// Immutable; safe to share between threads.
/// </summary>
public sealed class LineSignals
{
    private readonly Signal[] _signals;
    private readonly Dictionary<SignalPath, int> _byPath;
    private readonly int _first;

    /// <summary>The signals of a line's machines.</summary>
    public LineSignals(IEnumerable<Machine> machines)
    {
        _signals = [.. machines.SelectMany(machine => machine.Signals).OrderBy(signal => signal.Index)];
        _byPath = _signals.Index().ToDictionary(pair => pair.Item.Path, pair => pair.Index);
        _first = _signals.Length == 0 ? 0 : _signals[0].Index;
    }

    /// <summary>How many there are.</summary>
    public int Count => _signals.Length;

    /// <summary>
    /// The number of a signal, 0 … <see cref="Count"/> − 1; −1 when it is not of this line. A signal of another version of the plant
    /// is known by its path, which takes longer.
    /// </summary>
    public int IndexOf(Signal signal)
    {
        // A plant file numbers a line's signals in a row.
        int index = signal.Index - _first;
        return (uint)index < (uint)_signals.Length && ReferenceEquals(_signals[index], signal) ? index : _byPath.GetValueOrDefault(signal.Path, -1);
    }
}
