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
    private readonly SignalSlot[] _slots;
    private readonly SignalName[] _names;
    private readonly int[] _next;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private int _last;

    public MachineSignals(Line line, Machine machine)
    {
        Line = line;
        Machine = machine;
        _slots = [.. machine.Signals.Select(signal => new SignalSlot(signal))];
        _names = [.. machine.Signals.Select(signal => new SignalName(Encoding.UTF8.GetBytes(signal.SourceName)))];
        _next = [.. Enumerable.Range(1, _slots.Length)];
        Dictionary<byte[], int> byName = new(Utf8Comparer.Instance);
        for (int i = 0; i < _slots.Length; i++)
        {
            byName.TryAdd(_names[i].Bytes, i);
        }

        _byName = byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public Line Line { get; }

    public Machine Machine { get; }

    /// <summary>The signal at an index that <see cref="IndexOf"/> gave.</summary>
    public ref readonly SignalSlot this[int index] => ref _slots[index];

    /// <summary>The index of the signal published under a name, or −1.</summary>
    public int IndexOf(ReadOnlySpan<byte> name)
    {
        int[] next = _next;
        if ((uint)_last < (uint)next.Length)
        {
            int expected = next[_last];
            if ((uint)expected < (uint)_names.Length && _names[expected].Is(name))
            {
                _last = expected;
                return expected;
            }
        }

        if (!_byName.TryGetValue(name, out int index))
        {
            return -1;
        }

        next[_last] = index;
        _last = index;
        return index;
    }

    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Signal? signal)
    {
        int index = IndexOf(name);
        signal = index < 0 ? null : _slots[index].Signal;
        return index >= 0;
    }

    public bool TryFind(string name, [NotNullWhen(true)] out Signal? signal) => TryFind(Encoding.UTF8.GetBytes(name), out signal);
}
