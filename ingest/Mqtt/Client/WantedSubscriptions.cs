namespace Linewatch.Mqtt;

/// <summary>The subscriptions the user wants, over every connection. Thread-safe.</summary>
internal sealed class WantedSubscriptions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WantedSubscription> _byFilter = new(StringComparer.Ordinal);

    /// <summary>Those the broker's session does not have.</summary>
    public WantedSubscription[] Missing
    {
        get
        {
            lock (_gate)
            {
                return [.. _byFilter.Values.Where(wanted => !wanted.IsConfirmed)];
            }
        }
    }

    /// <summary>Adds one, or replaces the one of the same filter.</summary>
    public WantedSubscription Want(string filter, SubscriptionOptions options, uint identifier)
    {
        WantedSubscription wanted = new(filter, options, identifier);
        lock (_gate)
        {
            _byFilter[filter] = wanted;
        }

        return wanted;
    }

    public void Forget(string filter)
    {
        lock (_gate)
        {
            _byFilter.Remove(filter);
        }
    }

    /// <summary>Removes this one, unless a later call has replaced it.</summary>
    public void Forget(WantedSubscription wanted)
    {
        lock (_gate)
        {
            if (_byFilter.TryGetValue(wanted.Filter, out WantedSubscription? current) && current == wanted)
            {
                _byFilter.Remove(wanted.Filter);
            }
        }
    }

    /// <summary>The broker has no session for us: every subscription must be made again.</summary>
    public void ForgetConfirmations()
    {
        lock (_gate)
        {
            foreach (WantedSubscription wanted in _byFilter.Values)
            {
                wanted.IsConfirmed = false;
            }
        }
    }
}

/// <summary>One subscription the user wants.</summary>
internal sealed class WantedSubscription(string filter, SubscriptionOptions options, uint identifier)
{
    private readonly TaskCompletionSource<MqttReasonCode> _firstAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _confirmed;
    private volatile bool _granted;

    public string Filter { get; } = filter;

    public SubscriptionOptions Options { get; } = options;

    public uint Identifier { get; } = identifier;

    /// <summary>Whether the broker's session has it.</summary>
    public bool IsConfirmed
    {
        get => _confirmed;
        set => _confirmed = value;
    }

    /// <summary>Whether the broker has ever granted it: whoever asked for it counts on it.</summary>
    public bool WasGranted => _granted;

    /// <summary>What the broker answered at first.</summary>
    public Task<MqttReasonCode> FirstAnswer => _firstAnswer.Task;

    /// <summary>Takes the broker's answer; false when it refuses.</summary>
    public bool Take(MqttReasonCode answer)
    {
        _confirmed = (byte)answer < 0x80;
        _granted |= _confirmed;
        _firstAnswer.TrySetResult(answer);
        return _confirmed;
    }
}
