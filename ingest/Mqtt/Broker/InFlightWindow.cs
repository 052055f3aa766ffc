namespace Linewatch.Mqtt;

/// <summary>
/// The QoS 1 and 2 messages under way to one client, by packet identifier: a table indexed by the identifier's low bits, as
/// large as the most that were ever open at once. Not thread-safe.
/// </summary>
internal sealed class InFlightWindow
{
    private Delivery?[] _slots = [];
    private ushort _lastId;

    public int Count { get; private set; }

    /// <summary>All of them in the order they came. [MQTT-4.6.0-1]</summary>
    public IEnumerable<Delivery> InOrder => _slots.OfType<Delivery>().OrderBy(delivery => delivery.Sequence);

    /// <summary>The message with an identifier; null when none has it.</summary>
    public Delivery? Find(ushort packetId)
    {
        Delivery? delivery = _slots.Length == 0 ? null : _slots[packetId & (_slots.Length - 1)];
        return delivery?.PacketId == packetId ? delivery : null;
    }

    /// <summary>Gives a message the next free identifier and takes it in.</summary>
    public void Number(Delivery delivery)
    {
        if (Count == _slots.Length)
        {
            Grow();
        }

        do
        {
            _lastId = (ushort)(_lastId == ushort.MaxValue ? 1 : _lastId + 1);
        }
        while (_slots[_lastId & (_slots.Length - 1)] is not null);
        delivery.PacketId = _lastId;
        Place(delivery);
    }

    /// <summary>Takes in a message that has its identifier from before a restart.</summary>
    public void Restore(Delivery delivery)
    {
        while (_slots.Length == 0 || _slots[delivery.PacketId & (_slots.Length - 1)] is not null)
        {
            Grow();
        }

        Place(delivery);
    }

    public void Remove(Delivery delivery)
    {
        _slots[delivery.PacketId & (_slots.Length - 1)] = null;
        Count--;
    }

    private void Place(Delivery delivery)
    {
        _slots[delivery.PacketId & (_slots.Length - 1)] = delivery;
        Count++;
    }

    private void Grow()
    {
        Delivery?[] larger = new Delivery?[Math.Max(16, _slots.Length * 2)];
        foreach (Delivery? delivery in _slots)
        {
            if (delivery is not null)
            {
                larger[delivery.PacketId & (larger.Length - 1)] = delivery;
            }
        }

        _slots = larger;
    }
}
