using System.Text;

namespace Linewatch.Mqtt;

/// <summary>
/// The retained message of each topic (section 3.3.1.3), as a tree of topic levels: a wildcard filter visits only the
/// branches it can match. Thread-safe.
/// </summary>
internal sealed class RetainedMessages(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Node _root = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return field;
            }
        }

        private set;
    }

    /// <summary>Keeps a message, or removes the topic's when the payload is empty. [MQTT-3.3.1-5, MQTT-3.3.1-6]</summary>
    /// <returns>False when there is no room for a further topic.</returns>
    public bool Set(BrokerMessage message)
    {
        lock (_gate)
        {
            if (message.Payload.Length == 0)
            {
                Remove(_root, message.Topic);
                return true;
            }

            Node? known = Find(message.Topic);
            if (known?.Message is null)
            {
                if (Count >= capacity)
                {
                    return false;
                }

                Count++;
            }

            (known ?? Make(message.Topic)).Message = message;
            return true;
        }
    }

    /// <summary>The messages a plain filter matches; expired ones are left out.</summary>
    public List<BrokerMessage> Match(string filter, DateTimeOffset now)
    {
        List<BrokerMessage> found = [];
        lock (_gate)
        {
            Collect(_root, Encoding.UTF8.GetBytes(filter), isRoot: true, found, now);
        }

        return found;
    }

    /// <summary>Removes the messages that have expired and returns them.</summary>
    public List<BrokerMessage> RemoveExpired(DateTimeOffset now)
    {
        List<BrokerMessage> all = [], expired = [];
        lock (_gate)
        {
            CollectAll(_root, isRoot: false, all, DateTimeOffset.MinValue);
            foreach (BrokerMessage message in all)
            {
                if (!message.TryGetExpiry(now, out _))
                {
                    Remove(_root, message.Topic);
                    expired.Add(message);
                }
            }
        }

        return expired;
    }

    private static void Collect(Node node, ReadOnlySpan<byte> filter, bool isRoot, List<BrokerMessage> found, DateTimeOffset now)
    {
        ReadOnlySpan<byte> level = FirstLevel(filter, out ReadOnlySpan<byte> rest, out bool isLast);
        if (level.SequenceEqual("#"u8))
        {
            // "sport/#" matches "sport" too. [MQTT 4.7.1.2]
            CollectAll(node, isRoot, found, now);
        }
        else if (level.SequenceEqual("+"u8))
        {
            foreach (Node child in node.Children(isRoot))
            {
                Descend(child, rest, found, now);
            }
        }
        else if (node.Find(level) is { } child)
        {
            Descend(child, rest, found, now);
        }

        void Descend(Node child, ReadOnlySpan<byte> rest, List<BrokerMessage> found, DateTimeOffset now)
        {
            if (!isLast)
            {
                Collect(child, rest, isRoot: false, found, now);
            }
            else
            {
                Take(child, found, now);
            }
        }
    }

    private static void CollectAll(Node node, bool isRoot, List<BrokerMessage> found, DateTimeOffset now)
    {
        Take(node, found, now);
        foreach (Node child in node.Children(isRoot))
        {
            CollectAll(child, isRoot: false, found, now);
        }
    }

    private static void Take(Node node, List<BrokerMessage> found, DateTimeOffset now)
    {
        if (node.Message is { } message && message.TryGetExpiry(now, out _))
        {
            found.Add(message);
        }
    }

    private static ReadOnlySpan<byte> FirstLevel(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> rest, out bool isLast)
    {
        int slash = path.IndexOf((byte)'/');
        isLast = slash < 0;
        rest = isLast ? default : path[(slash + 1)..];
        return isLast ? path : path[..slash];
    }

    private Node? Find(ReadOnlySpan<byte> topic)
    {
        Node? node = _root;
        bool isLast = false;
        while (node is not null && !isLast)
        {
            node = node.Find(FirstLevel(topic, out topic, out isLast));
        }

        return node;
    }

    private Node Make(ReadOnlySpan<byte> topic)
    {
        Node node = _root;
        bool isLast = false;
        while (!isLast)
        {
            node = node.Child(FirstLevel(topic, out topic, out isLast));
        }

        return node;
    }

    /// <summary>Removes a topic's message and the branches that hold nothing any more; true when the node itself is empty now.</summary>
    private bool Remove(Node node, ReadOnlySpan<byte> topic)
    {
        ReadOnlySpan<byte> level = FirstLevel(topic, out ReadOnlySpan<byte> rest, out bool isLast);
        if (node.Find(level) is not { } child)
        {
            return false;
        }

        if (isLast)
        {
            Count -= child.Message is null ? 0 : 1;
            child.Message = null;
        }
        else
        {
            Remove(child, rest);
        }

        if (child.IsEmpty)
        {
            node.Drop(level);
        }

        return node.IsEmpty;
    }

    private sealed class Node
    {
        private LevelTable<Node> _children;

        public BrokerMessage? Message { get; set; }

        public bool IsEmpty => Message is null && _children.IsEmpty;

        public Node? Find(ReadOnlySpan<byte> level) => _children.Find(level);

        public Node Child(ReadOnlySpan<byte> level)
        {
            if (Find(level) is { } known)
            {
                return known;
            }

            Node child = new();
            _children.Add(level, child);
            return child;
        }

        public void Drop(ReadOnlySpan<byte> level) => _children.Remove(level);

        /// <summary>The next levels; on the first level without those that begin with '$', which no wildcard matches. [MQTT-4.7.2-1]</summary>
        public IEnumerable<Node> Children(bool isRoot) =>
            _children.Entries.Where(entry => !(isRoot && entry.Level is [(byte)'$', ..])).Select(entry => entry.Child);
    }
}
