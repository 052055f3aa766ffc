using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>Brings messages to their subscribers, and keeps the retained ones. Thread-safe.</summary>
internal sealed class MessageRouter(MqttBroker broker)
{
    public SubscriptionTree Subscriptions { get; } = new();

    public RetainedMessages Retained { get; } = new(broker.Options.MaximumRetainedMessages);

    /// <summary>Where a client's messages on a topic go.</summary>
    public Route FindRoute(byte[] topic, BrokerSession publisher)
    {
        List<Subscription> matches = [];
        List<SharedGroup> groups = [];
        long version = Subscriptions.Match(topic, matches, groups);
        return new Route
        {
            Topic = topic,
            Version = version,
            Allowed = publisher.Access!.MayPublish(topic) && !topic.AsSpan().StartsWith("$SYS/"u8),
            Targets = Merge(matches, publisher, topic),
            Groups = [.. groups],
        };
    }

    /// <summary>Sends a PUBLISH that still lies in its receive buffer to everyone on its route.</summary>
    public void Spread(in PublishPacket packet, Route route, BrokerSession publisher, List<BrokerSession> touched, long batch)
    {
        uint? expiry = null;
        ReadOnlySpan<byte> properties = packet.Properties.IsEmpty ? default : BrokerMessage.Forwardable(packet.Properties, out expiry);
        BrokerMessage? message = null;
        if (packet.Retain)
        {
            message = Keep(packet, route.Topic, properties, expiry);
            Retain(message);
            if (route.Version != Subscriptions.Version)
            {
                // Who subscribed since the route was found may have looked for retained messages before this one was there.
                route = FindRoute(route.Topic, publisher);
            }
        }

        foreach (RouteTarget target in route.Targets)
        {
            Send(packet, target.Session, target.QoS, target.RetainAsPublished && packet.Retain, target.Identifiers, properties);
        }

        foreach (SharedGroup group in route.Groups)
        {
            if (group.Pick(route.Topic) is { } member)
            {
                uint[] identifiers = member.Identifier == 0 ? [] : [member.Identifier];
                Send(packet, member.Session, member.Options.QoS, member.Options.RetainAsPublished && packet.Retain, identifiers, properties);
            }
        }

        void Send(in PublishPacket packet, BrokerSession session, MqttQoS limit, bool retain, uint[] identifiers, ReadOnlySpan<byte> properties)
        {
            MqttQoS qos = packet.QoS < limit ? packet.QoS : limit;
            if (qos == MqttQoS.AtMostOnce)
            {
                if (session.Connection?.WritePublish(route.Topic, packet.Payload, properties, expiry, retain, identifiers) != true)
                {
                    return;
                }
            }
            else
            {
                message ??= Keep(packet, route.Topic, properties, expiry);
                session.Deliver(message, qos, retain, identifiers);
            }

            if (session.Touch(batch))
            {
                touched.Add(session);
            }
        }
    }

    /// <summary>Sends the retained messages a new subscription asks for. [MQTT-3.3.1-9, MQTT-3.3.1-10, MQTT-3.3.1-11]</summary>
    public void SendRetained(BrokerSession session, BrokerConnection connection, FilterRequest request, bool isNew, uint identifier)
    {
        bool wanted = request.Options.RetainHandling == RetainHandling.Send || (request.Options.RetainHandling == RetainHandling.SendIfNew && isNew);
        if (!wanted || request.Filter.StartsWith("$share/", StringComparison.Ordinal))
        {
            return;
        }

        DateTimeOffset now = broker.Time.GetUtcNow();
        uint[] identifiers = identifier == 0 ? [] : [identifier];
        foreach (BrokerMessage message in Retained.Match(request.Filter, now))
        {
            if (session.Access?.MaySubscribe(message.Topic) == false)
            {
                continue;
            }

            MqttQoS qos = message.QoS < request.Options.QoS ? message.QoS : request.Options.QoS;
            if (qos == MqttQoS.AtMostOnce)
            {
                message.TryGetExpiry(now, out uint? expiry);
                connection.WritePublish(message.Topic, message.Payload, message.Properties, expiry, retain: true, identifiers);
            }
            else
            {
                session.Deliver(message, qos, retain: true, identifiers);
            }
        }

        broker.Store?.Commit();
        session.Flush();
    }

    private static RouteTarget[] Merge(List<Subscription> matches, BrokerSession? publisher, byte[] topic)
    {
        matches.RemoveAll(match => match.Session.Access?.MaySubscribe(topic) == false);
        if (matches.Count == 0)
        {
            return [];
        }

        if (matches.Count == 1)
        {
            Subscription only = matches[0];
            return only.Options.NoLocal && only.Session == publisher
                ? []
                : [new RouteTarget(only.Session, only.Options.QoS, only.Options.RetainAsPublished, only.Identifier == 0 ? [] : [only.Identifier])];
        }

        return
        [
            .. matches
                .Where(match => !(match.Options.NoLocal && match.Session == publisher))
                .GroupBy(match => match.Session)
                .Select(own => new RouteTarget(
                    own.Key,
                    own.Max(match => match.Options.QoS),
                    own.Any(match => match.Options.RetainAsPublished),
                    [.. own.Where(match => match.Identifier != 0).Select(match => match.Identifier)])),
        ];
    }

    /// <summary>Publishes a message that no client is sending: a will, one of the embedding program, a figure of the broker.</summary>
    public void Publish(BrokerMessage message)
    {
        if (message.Retain)
        {
            Retain(message);
        }

        List<Subscription> matches = [];
        List<SharedGroup> groups = [];
        Subscriptions.Match(message.Topic, matches, groups);
        foreach (RouteTarget target in Merge(matches, null, message.Topic))
        {
            Send(target.Session, target.QoS, target.RetainAsPublished && message.Retain, target.Identifiers);
        }

        foreach (SharedGroup group in groups)
        {
            if (group.Pick(message.Topic) is { } member)
            {
                Send(member.Session, member.Options.QoS, member.Options.RetainAsPublished && message.Retain, member.Identifier == 0 ? [] : [member.Identifier]);
            }
        }

        void Send(BrokerSession session, MqttQoS limit, bool retain, uint[] identifiers)
        {
            MqttQoS qos = message.QoS < limit ? message.QoS : limit;
            if (qos != MqttQoS.AtMostOnce)
            {
                session.Deliver(message, qos, retain, identifiers);
                broker.Store?.Commit();
                session.Flush();
            }
            else if (session.Connection is { } connection && message.TryGetExpiry(broker.Time.GetUtcNow(), out uint? expiry))
            {
                connection.WritePublish(message.Topic, message.Payload, message.Properties, expiry, retain, identifiers);
                connection.Outbox.Flush();
            }
        }
    }

    /// <summary>Forgets the retained messages that have expired.</summary>
    public void DropExpired()
    {
        foreach (BrokerMessage message in Retained.RemoveExpired(broker.Time.GetUtcNow()))
        {
            broker.Store?.DropRetained(message.Topic);
        }

        broker.Store?.Commit();
    }

    private void Retain(BrokerMessage message)
    {
        if (!Retained.Set(message))
        {
            broker.CountDropped(null);
            return;
        }

        broker.Store?.KeepRetained(message);
    }

    private BrokerMessage Keep(in PublishPacket packet, byte[] topic, ReadOnlySpan<byte> properties, uint? expiry) => new()
    {
        Topic = topic,
        Payload = packet.Payload.ToArray(),
        Properties = properties.ToArray(),
        QoS = packet.QoS,
        Retain = packet.Retain,
        ExpiresAt = expiry is { } seconds ? broker.Time.GetUtcNow().AddSeconds(seconds) : null,
    };
}
