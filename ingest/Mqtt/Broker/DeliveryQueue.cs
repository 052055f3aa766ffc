using System.Diagnostics.CodeAnalysis;

namespace Linewatch.Mqtt;

/// <summary>QoS 1 and 2 messages that wait for their client or for room in its window, in order; bounded in number and bytes. Not thread-safe.</summary>
internal sealed class DeliveryQueue(int mostMessages, long mostBytes)
{
    private readonly Queue<Delivery> _waiting = new();
    private long _bytes;

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>All of them in the order they came.</summary>
    public IEnumerable<Delivery> InOrder => _waiting;

    /// <summary>Takes a message in; false when there is no room.</summary>
    public bool TryAdd(Delivery delivery)
    {
        if (_waiting.Count >= mostMessages || _bytes + delivery.Message.Size > mostBytes)
        {
            return false;
        }

        Restore(delivery);
        return true;
    }

    /// <summary>Takes in a message that was there before a restart, whatever the limits are now.</summary>
    public void Restore(Delivery delivery)
    {
        _waiting.Enqueue(delivery);
        _bytes += delivery.Message.Size;
    }

    public bool TryTake([MaybeNullWhen(false)] out Delivery delivery)
    {
        if (!_waiting.TryDequeue(out delivery))
        {
            return false;
        }

        _bytes -= delivery.Message.Size;
        return true;
    }
}
