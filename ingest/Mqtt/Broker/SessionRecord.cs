namespace Linewatch.Mqtt;

/// <summary>
/// One session in the store, or nowhere: only a session that outlives its connection is kept, and every note is without
/// effect while it is not. Changes become durable with the next commit. Used under the session's gate.
/// </summary>
internal sealed class SessionRecord(BrokerStore? store)
{
    private int _number;

    public bool IsKept => _number != 0;

    /// <summary>Goes on with what was kept before a restart of the broker.</summary>
    public void Resume(int number) => _number = number;

    /// <summary>Notes the session where the broker has a store; true when it was not kept before.</summary>
    public bool Keep(BrokerSession session)
    {
        if (store is null)
        {
            return false;
        }

        bool isNew = !IsKept;
        _number = isNew ? store.NextSession() : _number;
        store.KeepSession(_number, session.ClientId, session.User, session.ExpirySeconds, session.DisconnectedAt);
        return isNew;
    }

    public void Keep(Subscription subscription)
    {
        if (IsKept)
        {
            store!.KeepSubscription(_number, subscription);
        }
    }

    public void DropSubscription(string filter)
    {
        if (IsKept)
        {
            store!.DropSubscription(_number, filter);
        }
    }

    public void Keep(Delivery delivery)
    {
        if (IsKept)
        {
            store!.KeepDelivery(_number, delivery);
        }
    }

    /// <summary>Notes packet identifier and progress of a QoS 2 delivery; durable when it returns, for the client acts on what is sent next.</summary>
    public void KeepProgress(Delivery delivery)
    {
        if (IsKept)
        {
            store!.KeepProgress(_number, delivery);
            store.Commit();
        }
    }

    public void Drop(Delivery delivery)
    {
        if (IsKept)
        {
            store!.DropDelivery(_number, delivery);
        }
    }

    public void KeepReceived(ushort packetId, BrokerMessage? message)
    {
        if (IsKept)
        {
            store!.KeepReceived(_number, packetId, message);
        }
    }

    public void DropReceived(ushort packetId)
    {
        if (IsKept)
        {
            store!.DropReceived(_number, packetId);
        }
    }

    public void Commit()
    {
        if (IsKept)
        {
            store!.Commit();
        }
    }

    /// <summary>Removes the session itself; its parts must be dropped before. Nothing is kept from now on.</summary>
    public void Drop()
    {
        if (IsKept)
        {
            store!.DropSession(_number);
            store.Commit();
            _number = 0;
        }
    }
}
