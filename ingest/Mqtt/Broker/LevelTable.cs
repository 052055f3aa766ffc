namespace Linewatch.Mqtt;

/// <summary>
/// The next levels of a node in a tree of topics: open addressing with the hash beside the child, so that a lookup touches
/// one line of the table and one name. Not thread-safe.
/// </summary>
internal struct LevelTable<T>
    where T : class
{
    private Slot[]? _slots;
    private int _count;

    private struct Slot
    {
        public int Hash;
        public byte[]? Level;
        public T? Child;
    }

    public readonly bool IsEmpty => _count == 0;

    /// <summary>Every level with its child, in no order.</summary>
    public readonly IEnumerable<(byte[] Level, T Child)> Entries =>
        _slots is null ? [] : _slots.Where(slot => slot.Level is not null).Select(slot => (slot.Level!, slot.Child!));

    public readonly T? Find(ReadOnlySpan<byte> level)
    {
        Slot[]? slots = _slots;
        if (slots is null)
        {
            return null;
        }

        int hash = TopicBytes.Comparer.GetHashCode(level);
        for (int i = hash & (slots.Length - 1); ; i = (i + 1) & (slots.Length - 1))
        {
            ref Slot slot = ref slots[i];
            if (slot.Level is null)
            {
                return null;
            }

            if (slot.Hash == hash && level.SequenceEqual(slot.Level))
            {
                return slot.Child;
            }
        }
    }

    /// <summary>Adds a level that is not there yet.</summary>
    public void Add(ReadOnlySpan<byte> level, T child)
    {
        _slots ??= new Slot[2];
        if ((_count + 1) * 4 > _slots.Length * 3)
        {
            Slot[] old = _slots;
            _slots = new Slot[old.Length * 2];
            foreach (Slot slot in old)
            {
                if (slot.Level is not null)
                {
                    Place(slot);
                }
            }
        }

        Place(new Slot { Hash = TopicBytes.Comparer.GetHashCode(level), Level = level.ToArray(), Child = child });
        _count++;
    }

    /// <summary>Removes a level that is there.</summary>
    public void Remove(ReadOnlySpan<byte> level)
    {
        Slot[] slots = _slots!;
        int mask = slots.Length - 1;
        int hash = TopicBytes.Comparer.GetHashCode(level);
        int at = hash & mask;
        while (!level.SequenceEqual(slots[at].Level))
        {
            at = (at + 1) & mask;
        }

        slots[at] = default;
        _count--;

        // What came after it in the same run may have to move up, or a lookup would stop at the gap.
        for (int i = (at + 1) & mask; slots[i].Level is not null; i = (i + 1) & mask)
        {
            Slot moved = slots[i];
            slots[i] = default;
            Place(moved);
        }

        if (_count == 0)
        {
            _slots = null;
        }
    }

    private readonly void Place(in Slot slot)
    {
        Slot[] slots = _slots!;
        int i = slot.Hash & (slots.Length - 1);
        while (slots[i].Level is not null)
        {
            i = (i + 1) & (slots.Length - 1);
        }

        slots[i] = slot;
    }
}
