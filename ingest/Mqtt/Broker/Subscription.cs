namespace Linewatch.Mqtt;

/// <summary>One subscription of a session.</summary>
internal sealed record Subscription(BrokerSession Session, string Filter, SubscriptionOptions Options, uint Identifier);

/// <summary>The members of a shared subscription: each message goes to one of them. [MQTT 4.8.2]</summary>
internal sealed class SharedGroup(string name)
{
    private readonly Lock _gate = new();
    private Subscription[] _members = [];
    private uint _next;

    public string Name { get; } = name;

    public bool IsEmpty => _members.Length == 0;

    public void Add(Subscription subscription)
    {
        lock (_gate)
        {
            _members = [.. _members.Where(member => member.Session != subscription.Session), subscription];
        }
    }

    public bool Remove(BrokerSession session)
    {
        lock (_gate)
        {
            int before = _members.Length;
            _members = [.. _members.Where(member => member.Session != session)];
            return _members.Length < before;
        }
    }

    /// <summary>The next member in turn that may receive the topic; one that is connected where there is one.</summary>
    public Subscription? Pick(ReadOnlySpan<byte> topic)
    {
        Subscription[] members = _members;
        Subscription? away = null;

        uint first = Interlocked.Increment(ref _next);
        for (uint i = 0; i < members.Length; i++)
        {
            Subscription member = members[(first + i) % members.Length];
            if (member.Session.Access?.MayReceive(topic) == false)
            {
                continue;
            }

            if (member.Session.Connection is not null)
            {
                return member;
            }

            away ??= member;
        }

        return away;
    }
}
