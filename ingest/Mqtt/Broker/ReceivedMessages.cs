namespace Linewatch.Mqtt;

/// <summary>
/// The QoS 2 messages of one client from their PUBLISH to its PUBREL, by packet identifier. A message is passed on when it is
/// released (method A of section 4.3.3); null stands for one that nobody waits for, or that was passed on at once because the
/// held ones would need too much memory. Not thread-safe.
/// </summary>
internal sealed class ReceivedMessages(long mostBytes)
{
    private readonly Dictionary<ushort, (long Receipt, BrokerMessage? Message)> _open = [];
    private long _bytes;

    public int Count => _open.Count;

    public IEnumerable<ushort> PacketIds => _open.Keys;

    /// <summary>Whether a message is held without breaking the limit.</summary>
    public bool HasRoomFor(BrokerMessage message) => _bytes + message.Size <= mostBytes;

    /// <summary>Whether the identifier is in use, and the receipt the intake gave its message.</summary>
    public bool TryGetReceipt(ushort packetId, out long receipt)
    {
        bool known = _open.TryGetValue(packetId, out (long Receipt, BrokerMessage? Message) open);
        receipt = open.Receipt;
        return known;
    }

    public void Add(ushort packetId, long receipt, BrokerMessage? message)
    {
        // Two connections may add the same one while the newer takes over.
        Remove(packetId, out _);
        _open.Add(packetId, (receipt, message));
        _bytes += message?.Size ?? 0;
    }

    /// <summary>Ends the exchange; false when there is none with this identifier.</summary>
    public bool Remove(ushort packetId, out BrokerMessage? message)
    {
        bool known = _open.Remove(packetId, out (long Receipt, BrokerMessage? Message) open);
        message = open.Message;
        _bytes -= message?.Size ?? 0;
        return known;
    }
}
