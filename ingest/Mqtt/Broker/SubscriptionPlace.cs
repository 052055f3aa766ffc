namespace Linewatch.Mqtt;

/// <summary>The subscriptions of one place in the tree; most places have one. Not thread-safe.</summary>
internal sealed class SubscriptionPlace
{
    private Subscription? _only;
    private Dictionary<BrokerSession, Subscription>? _many;
    private List<SharedGroup>? _groups;

    public bool IsEmpty => _only is null && _many is not { Count: > 0 } && _groups is not { Count: > 0 };

    public bool Set(Subscription subscription, string group)
    {
        if (group.Length > 0)
        {
            SharedGroup? shared = (_groups ??= []).Find(known => known.Name == group);
            if (shared is null)
            {
                _groups.Add(shared = new SharedGroup(group));
            }

            bool known = shared.Remove(subscription.Session);
            shared.Add(subscription);
            return !known;
        }

        if (_many is null && (_only is null || _only.Session == subscription.Session))
        {
            bool isNew = _only is null;
            _only = subscription;
            return isNew;
        }

        if (_many is null)
        {
            _many = new Dictionary<BrokerSession, Subscription> { [_only!.Session] = _only };
            _only = null;
        }

        bool added = !_many.ContainsKey(subscription.Session);
        _many[subscription.Session] = subscription;
        return added;
    }

    public bool Unset(BrokerSession session, string group)
    {
        if (group.Length > 0)
        {
            SharedGroup? shared = _groups?.Find(known => known.Name == group);
            bool found = shared?.Remove(session) ?? false;
            if (shared is { IsEmpty: true })
            {
                _groups!.Remove(shared);
            }

            return found;
        }

        if (_only?.Session == session)
        {
            _only = null;
            return true;
        }

        return _many?.Remove(session) ?? false;
    }

    public void CopyTo(List<Subscription> matches, List<SharedGroup> groups)
    {
        if (_only is not null)
        {
            matches.Add(_only);
        }

        if (_many is not null)
        {
            matches.AddRange(_many.Values);
        }

        if (_groups is not null)
        {
            groups.AddRange(_groups);
        }
    }
}
