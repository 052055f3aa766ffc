namespace Linewatch.Mqtt;

/// <summary>
/// What one run of a publisher's packets caused: the sessions that got something are flushed once, at its end. Used by one
/// thread at a time.
/// </summary>
internal sealed class DeliveryBatch(MqttBroker broker)
{
    private readonly List<BrokerSession> _touched = [];
    private SharedFrames? _frames;
    private long _number;

    /// <summary>Begins a batch; the one before must be flushed.</summary>
    public DeliveryBatch Begin()
    {
        _number = broker.NextBatch();
        return this;
    }

    /// <summary>Where a message with several subscribers is encoded once.</summary>
    public SharedFrames FramesOfNextMessage()
    {
        _frames ??= new SharedFrames();
        _frames.Clear();
        return _frames;
    }

    /// <summary>Notes a session that got a message.</summary>
    public void Add(BrokerSession session)
    {
        if (session.Touch(_number))
        {
            _touched.Add(session);
        }
    }

    /// <summary>Sends what the sessions may send; what is stored must be committed by now.</summary>
    public void Flush()
    {
        foreach (BrokerSession session in _touched)
        {
            session.Flush();
        }

        _touched.Clear();
        _frames?.Release();
    }
}
