using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// The routes one connection used last. Machines publish to the same topics again and again: a hit spares the topic
/// check, the access check and the walk through the tree. Used by its connection's read loop alone.
/// </summary>
internal sealed class RouteCache(MqttBroker broker, BrokerSession session)
{
    /// <summary>A connection with more topics than this starts over; bounds the memory a peer can make us use.</summary>
    private const int Capacity = 4096;

    private readonly Dictionary<byte[], Route> _routes = new(TopicBytes.Comparer);

    /// <summary>The route of a topic, checked against the rules for topic names when it is new.</summary>
    public Route Find(ReadOnlySpan<byte> topic)
    {
        Dictionary<byte[], Route>.AlternateLookup<ReadOnlySpan<byte>> lookup = _routes.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(topic, out Route? route))
        {
            if (route.Version == broker.Router.Subscriptions.Version)
            {
                return route;
            }
        }
        else
        {
            TopicRules.CheckName(topic);
            FieldReader.RefuseControls(topic, "topic name");
            if (TopicRules.IsTooDeep(topic))
            {
                MqttProtocolException.Refuse(MqttReasonCode.TopicNameInvalid, $"topic name of more than {TopicRules.MostLevels} levels");
            }

            if (_routes.Count >= Capacity)
            {
                _routes.Clear();
            }
        }

        route = broker.Router.FindRoute(route?.Topic ?? topic.ToArray(), session);
        _routes[route.Topic] = route;
        return route;
    }
}
