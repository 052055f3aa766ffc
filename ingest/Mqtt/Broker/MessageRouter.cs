using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>Brings messages to their subscribers, and keeps the retained ones. Thread-safe.</summary>
internal sealed class MessageRouter(MqttBroker broker)
{
    public SubscriptionTree Subscriptions { get; } = new();

    public RetainedMessages Retained { get; } = new(broker.Options.MaximumRetainedMessages);

    /// <summary>Where messages on a topic go; a null publisher is the broker itself.</summary>
    public Route FindRoute(byte[] topic, BrokerSession? publisher)
    {
        List<Subscription> matches = [];
        List<SharedGroup> groups = [];
        long version = Subscriptions.Match(topic, matches, groups);
        return new Route
        {
            Topic = topic,
            Version = version,
            Allowed = publisher is null || (publisher.Access!.MayPublish(topic) && !topic.AsSpan().StartsWith("$SYS/"u8)),
            Targets = Merge(matches, publisher, topic),
            Groups = [.. groups],
        };
    }

    /// <summary>Sends a message to everyone on its route, and keeps it where it is retained.</summary>
    public void Spread(ref OutgoingMessage message, Route route, BrokerSession? publisher, DeliveryBatch batch)
    {
        if (message.Retain)
        {
            Retain(message.Keep(broker.Time));
            if (route.Version != Subscriptions.Version)
            {
                // Who subscribed since the route was found may have looked for retained messages before this one was there.
                route = FindRoute(route.Topic, publisher);
            }
        }

        if (route.Targets.Length + route.Groups.Length > 1)
        {
            message.Frames = batch.FramesOfNextMessage();
        }

        foreach (RouteTarget target in route.Targets)
        {
            Send(ref message, target.Session, target.QoS, target.RetainAsPublished, target.Identifiers, batch);
        }

        foreach (SharedGroup group in route.Groups)
        {
            if (group.Pick(route.Topic) is { } member)
            {
                uint[] identifiers = member.Identifier == 0 ? [] : [member.Identifier];
                Send(ref message, member.Session, member.Options.QoS, member.Options.RetainAsPublished, identifiers, batch);
            }
        }
    }

    private void Send(ref OutgoingMessage message, BrokerSession session, MqttQoS limit, bool retainAsPublished, uint[] identifiers, DeliveryBatch batch)
    {
        MqttQoS qos = message.QoS < limit ? message.QoS : limit;
        bool retain = retainAsPublished && message.Retain;
        if (qos != MqttQoS.AtMostOnce)
        {
            session.Deliver(message.Keep(broker.Time), qos, retain, identifiers);
        }
        else if (session.Connection?.WritePublish(message, retain, identifiers) != true)
        {
            return;
        }

        batch.Add(session);
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
            if (session.Access?.MayReceive(message.Topic) == false)
            {
                continue;
            }

            MqttQoS qos = message.QoS < request.Options.QoS ? message.QoS : request.Options.QoS;
            if (qos == MqttQoS.AtMostOnce)
            {
                message.TryGetExpiry(now, out uint? expiry);
                connection.WritePublish(new OutgoingMessage(message, expiry), retain: true, identifiers);
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
        matches.RemoveAll(match => match.Session.Access?.MayReceive(topic) == false);
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
        DeliveryBatch batch = new DeliveryBatch(broker).Begin();
        Pass(message, FindRoute(message.Topic, publisher: null), publisher: null, batch);
        broker.Store?.Commit();
        batch.Flush();
    }

    /// <summary>Sends a message that was kept to everyone on its route, unless it has expired meanwhile.</summary>
    public void Pass(BrokerMessage message, Route route, BrokerSession? publisher, DeliveryBatch batch)
    {
        if (message.TryGetExpiry(broker.Time.GetUtcNow(), out uint? expiry))
        {
            OutgoingMessage outgoing = new(message, expiry);
            Spread(ref outgoing, route, publisher, batch);
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
            broker.CountUnretained();
            return;
        }

        broker.Store?.KeepRetained(message);
    }
}
