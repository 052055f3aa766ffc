using System.Text;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// All subscriptions as a tree of topic levels. Matching walks at most the literal, '+' and '#' branch of each level, so
/// its cost follows the depth of the topic, not the number of subscriptions. Thread-safe; publishers keep results until
/// <see cref="Version"/> changes.
/// </summary>
internal sealed class SubscriptionTree
{
    private readonly Lock _gate = new();
    private readonly Node _root = new();
    private long _version;

    /// <summary>Grows with every change.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Subscriptions held.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a subscription or replaces the one of the same session and filter. [MQTT-3.8.4-3]</summary>
    public void Add(Subscription subscription)
    {
        TopicRules.SplitShare(subscription.Filter, out string group, out string filter);
        lock (_gate)
        {
            Node node = _root;
            bool everything = false;
            foreach (string level in filter.Split('/'))
            {
                if (level == "#")
                {
                    everything = true;
                    break;
                }

                node = node.Child(level);
            }

            Count += (everything ? node.Below : node.Here).Set(subscription, group) ? 1 : 0;
            _version++;
        }
    }

    /// <summary>Removes the subscription of a session; false when there was none.</summary>
    public bool Remove(BrokerSession session, string subscribed)
    {
        TopicRules.SplitShare(subscribed, out string group, out string filter);
        lock (_gate)
        {
            List<(Node Parent, string Level)> path = [];
            Node node = _root;
            bool everything = false;
            foreach (string level in filter.Split('/'))
            {
                if (level == "#")
                {
                    everything = true;
                    break;
                }

                if (node.Find(level) is not { } child)
                {
                    return false;
                }

                path.Add((node, level));
                node = child;
            }

            if (!(everything ? node.Below : node.Here).Unset(session, subscribed, group))
            {
                return false;
            }

            Count--;
            _version++;
            for (int i = path.Count - 1; i >= 0 && node.IsEmpty; i--)
            {
                path[i].Parent.Drop(path[i].Level);
                node = path[i].Parent;
            }

            return true;
        }
    }

    /// <summary>Appends every subscription and group that matches a topic name.</summary>
    /// <returns>The version the result belongs to.</returns>
    public long Match(ReadOnlySpan<byte> topic, List<Subscription> matches, List<SharedGroup> groups)
    {
        lock (_gate)
        {
            Walk(_root, topic, first: true, matches, groups);
            return _version;
        }
    }

    private static void Walk(Node node, ReadOnlySpan<byte> topic, bool first, List<Subscription> matches, List<SharedGroup> groups)
    {
        // [MQTT-4.7.2-1] a leading wildcard does not match a topic that begins with '$'.
        bool wildcards = !(first && topic[0] == '$');
        if (wildcards)
        {
            node.Below.CopyTo(matches, groups);
        }

        int slash = topic.IndexOf((byte)'/');
        ReadOnlySpan<byte> level = slash < 0 ? topic : topic[..slash];
        if (node.Find(level) is { } literal)
        {
            Descend(literal, slash < 0, slash < 0 ? default : topic[(slash + 1)..], matches, groups);
        }

        if (wildcards && node.Plus is { } plus)
        {
            Descend(plus, slash < 0, slash < 0 ? default : topic[(slash + 1)..], matches, groups);
        }
    }

    private static void Descend(Node node, bool atEnd, ReadOnlySpan<byte> rest, List<Subscription> matches, List<SharedGroup> groups)
    {
        if (!atEnd)
        {
            Walk(node, rest, first: false, matches, groups);
            return;
        }

        // "sport/#" matches "sport". [MQTT 4.7.1.2]
        node.Here.CopyTo(matches, groups);
        node.Below.CopyTo(matches, groups);
    }

    private sealed class Node
    {
        private Dictionary<byte[], Node>? _children;

        public Node? Plus { get; private set; }

        /// <summary>Filters that end in this level.</summary>
        public Subscribers Here { get; } = new();

        /// <summary>Filters that end in "#" below this level.</summary>
        public Subscribers Below { get; } = new();

        public bool IsEmpty => Plus is null && _children is not { Count: > 0 } && Here.IsEmpty && Below.IsEmpty;

        public Node Child(string level)
        {
            if (level == "+")
            {
                return Plus ??= new Node();
            }

            _children ??= new Dictionary<byte[], Node>(TopicBytes.Comparer);
            byte[] key = Encoding.UTF8.GetBytes(level);
            if (!_children.TryGetValue(key, out Node? child))
            {
                _children.Add(key, child = new Node());
            }

            return child;
        }

        public Node? Find(string level) => level == "+" ? Plus : Find(Encoding.UTF8.GetBytes(level));

        public Node? Find(ReadOnlySpan<byte> level) =>
            _children is not null && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out Node? child) ? child : null;

        public void Drop(string level)
        {
            if (level == "+")
            {
                Plus = null;
            }
            else
            {
                _children!.Remove(Encoding.UTF8.GetBytes(level));
            }
        }
    }

    /// <summary>The subscriptions of one place in the tree; most places have none or one.</summary>
    private sealed class Subscribers
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

        public bool Unset(BrokerSession session, string filter, string group)
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
}
