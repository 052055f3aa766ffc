using System.Text;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>The retained message of each topic (section 3.3.1.3). Thread-safe.</summary>
internal sealed class RetainedMessages(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], BrokerMessage> _messages = new(TopicBytes.Comparer);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>Keeps a message, or removes the topic's when the payload is empty. [MQTT-3.3.1-5, MQTT-3.3.1-6]</summary>
    /// <returns>False when there is no room for a further topic.</returns>
    public bool Set(BrokerMessage message)
    {
        lock (_gate)
        {
            if (message.Payload.Length == 0)
            {
                _messages.Remove(message.Topic);
                return true;
            }

            if (_messages.Count >= capacity && !_messages.ContainsKey(message.Topic))
            {
                return false;
            }

            _messages[message.Topic] = message;
            return true;
        }
    }

    /// <summary>The messages a plain filter matches; expired ones are dropped on the way.</summary>
    public List<BrokerMessage> Match(string filter, DateTimeOffset now)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(filter);
        List<BrokerMessage> found = [];
        lock (_gate)
        {
            if (!wanted.AsSpan().ContainsAny((byte)'+', (byte)'#'))
            {
                if (_messages.TryGetValue(wanted, out BrokerMessage? one) && one.TryGetExpiry(now, out _))
                {
                    found.Add(one);
                }

                return found;
            }

            foreach (BrokerMessage message in _messages.Values)
            {
                if (TopicRules.Matches(wanted, message.Topic) && message.TryGetExpiry(now, out _))
                {
                    found.Add(message);
                }
            }
        }

        return found;
    }
}
