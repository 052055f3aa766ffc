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
    private readonly TaskCompletionSource _firstAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _confirmed;

    public string Filter { get; } = filter;

    public SubscriptionOptions Options { get; } = options;

    public uint Identifier { get; } = identifier;

    /// <summary>Whether the broker's session has it.</summary>
    public bool IsConfirmed
    {
        get => _confirmed;
        set => _confirmed = value;
    }

    /// <summary>Completes when the broker has granted it for the first time; fails when it refuses instead.</summary>
    public Task FirstAnswer => _firstAnswer.Task;

    /// <summary>Takes the broker's answer.</summary>
    /// <exception cref="MqttSubscribeException">The broker refuses.</exception>
    public void Confirm(MqttReasonCode answer)
    {
        if ((byte)answer >= 0x80)
        {
            MqttSubscribeException refused = new(Filter, answer);
            _firstAnswer.TrySetException(refused);
            _ = _firstAnswer.Task.Exception;
            throw refused;
        }

        _confirmed = true;
        _firstAnswer.TrySetResult();
    }
}
