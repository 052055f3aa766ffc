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

            Count += node.Set(subscription, group, everything) ? 1 : 0;
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

            if (!node.Unset(session, group, everything))
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
            node.CopyBelow(matches, groups);
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
        node.CopyHere(matches, groups);
        node.CopyBelow(matches, groups);
    }

    private sealed class Node
    {
        private LevelTable<Node> _children;
        private SubscriptionPlace? _here;
        private SubscriptionPlace? _below;

        public Node? Plus { get; private set; }

        public bool IsEmpty => Plus is null && _children.IsEmpty && _here is null && _below is null;

        public Node Child(string level)
        {
            if (level == "+")
            {
                return Plus ??= new Node();
            }

            byte[] key = Encoding.UTF8.GetBytes(level);
            Node? child = _children.Find(key);
            if (child is null)
            {
                _children.Add(key, child = new Node());
            }

            return child;
        }

        public Node? Find(string level) => level == "+" ? Plus : _children.Find(Encoding.UTF8.GetBytes(level));

        public Node? Find(ReadOnlySpan<byte> level) => _children.Find(level);

        public void Drop(string level)
        {
            if (level == "+")
            {
                Plus = null;
            }
            else
            {
                _children.Remove(Encoding.UTF8.GetBytes(level));
            }
        }

        /// <summary>Adds to the filters that end in this level, or in "#" below it; false when it replaced one.</summary>
        public bool Set(Subscription subscription, string group, bool everything) =>
            (everything ? _below ??= new SubscriptionPlace() : _here ??= new SubscriptionPlace()).Set(subscription, group);

        public bool Unset(BrokerSession session, string group, bool everything)
        {
            ref SubscriptionPlace? place = ref everything ? ref _below : ref _here;
            bool found = place?.Unset(session, group) ?? false;
            if (place is { IsEmpty: true })
            {
                place = null;
            }

            return found;
        }

        public void CopyHere(List<Subscription> matches, List<SharedGroup> groups) => _here?.CopyTo(matches, groups);

        public void CopyBelow(List<Subscription> matches, List<SharedGroup> groups) => _below?.CopyTo(matches, groups);
    }
}
