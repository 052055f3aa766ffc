using System.Diagnostics.CodeAnalysis;
using System.Text;
using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// A machine's signals by the name it publishes them under, as UTF-8. Machines send their fields in the same order again
/// and again, so the lookup first tries the signal that followed the last one found. Not thread-safe.
/// </summary>
internal sealed class MachineSignals
{
    private readonly byte[][] _names;
    private readonly Signal[] _signals;
    private readonly int[] _next;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private int _last;

    public MachineSignals(Line line, Machine machine)
    {
        Line = line;
        Machine = machine;
        _signals = [.. machine.Signals];
        _names = [.. _signals.Select(signal => Encoding.UTF8.GetBytes(signal.SourceName))];
        _next = [.. Enumerable.Range(1, _signals.Length)];
        Dictionary<byte[], int> byName = new(Utf8Comparer.Instance);
        for (int i = 0; i < _names.Length; i++)
        {
            byName.TryAdd(_names[i], i);
        }

        _byName = byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public Line Line { get; }

    public Machine Machine { get; }

    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Signal? signal)
    {
        int expected = (uint)_last < (uint)_next.Length ? _next[_last] : 0;
        if ((uint)expected < (uint)_names.Length && name.SequenceEqual(_names[expected]))
        {
            _last = expected;
            signal = _signals[expected];
            return true;
        }

        if (_byName.TryGetValue(name, out int index))
        {
            if ((uint)_last < (uint)_next.Length)
            {
                _next[_last] = index;
            }

            _last = index;
            signal = _signals[index];
            return true;
        }

        signal = null;
        return false;
    }

    public bool TryFind(string name, [NotNullWhen(true)] out Signal? signal) => TryFind(Encoding.UTF8.GetBytes(name), out signal);
}
