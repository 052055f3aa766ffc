namespace Linewatch.Mqtt;

/// <summary>The broker's sessions by client identifier: opened, resumed, taken over, ended. Thread-safe.</summary>
internal sealed class SessionTable(MqttBroker broker)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BrokerSession> _sessions = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>
    /// The session of a client that connects: the one that is there, or a new one. An older connection is told and closed.
    /// Null when the session belongs to another user.
    /// </summary>
    public BrokerSession? Open(string clientId, string? user, bool cleanStart, uint expiry, out bool present)
    {
        BrokerConnection? old = null;
        BrokerSession? ended = null;
        BrokerSession session;
        lock (_gate)
        {
            present = _sessions.TryGetValue(clientId, out BrokerSession? known);
            if (known is not null)
            {
                if (known.User != user)
                {
                    present = false;
                    return null;
                }

                old = known.Connection;
                bool expired = known.DisconnectedAt is { } since && since.AddSeconds(known.ExpirySeconds) <= broker.Time.GetUtcNow();
                if (cleanStart || expired || (old is not null && known.ExpirySeconds == 0))
                {
                    ended = known;
                    present = false;
                }
            }

            known?.Claim();
            session = present ? known! : new BrokerSession(clientId, user, broker);
            _sessions[clientId] = session;
        }

        // [MQTT-3.1.4-3] the older connection is told and closed.
        old?.Close(MqttReasonCode.SessionTakenOver);
        if (ended is not null)
        {
            Forget(ended);
            if (ended.DelayedWill is { } will)
            {
                // The session ends before the delay does. [MQTT-3.1.3-9]
                ended.DelayedWill = null;
                broker.Router.Publish(will);
            }
        }

        session.SetExpiry(expiry);
        return session;
    }

    /// <summary>Takes over what the store kept; a session's expiry has run on meanwhile.</summary>
    public void Restore(List<StoredSession> sessions)
    {
        DateTimeOffset now = broker.Time.GetUtcNow();
        foreach (StoredSession kept in sessions)
        {
            BrokerSession session = new(kept.ClientId, kept.User, broker) { DisconnectedAt = kept.DisconnectedAt ?? now };
            session.Restore(kept);
            foreach (Subscription subscription in session.Subscriptions.Values)
            {
                broker.Router.Subscriptions.Add(subscription);
            }

            _sessions[kept.ClientId] = session;
        }
    }

    /// <summary>Ends the sessions whose time has come and returns the delayed wills that are due.</summary>
    public List<BrokerMessage> Sweep(DateTimeOffset now)
    {
        List<BrokerSession> ended = [];
        List<BrokerMessage> wills = [];
        lock (_gate)
        {
            foreach (BrokerSession session in _sessions.Values)
            {
                if (session.DisconnectedAt is not { } since)
                {
                    continue;
                }

                bool over = session.ExpirySeconds != uint.MaxValue && since.AddSeconds(session.ExpirySeconds) <= now;
                if (session.DelayedWill is { } will && (over || session.WillDue <= now))
                {
                    session.DelayedWill = null;
                    wills.Add(will);
                }

                if (over)
                {
                    ended.Add(session);
                }
            }
        }

        ended.ForEach(Drop);
        return wills;
    }

    /// <summary>Ends a session.</summary>
    public void Drop(BrokerSession session)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(session.ClientId, out BrokerSession? current) && current == session)
            {
                _sessions.Remove(session.ClientId);
            }
        }

        Forget(session);
    }

    private void Forget(BrokerSession session)
    {
        session.Unstore();
        lock (session.Gate)
        {
            session.IsOver = true;
            foreach (string filter in session.Subscriptions.Keys)
            {
                broker.Router.Subscriptions.Remove(session, filter);
            }

            session.Subscriptions.Clear();
        }
    }
}
