namespace Linewatch.Mqtt;

/// <summary>Where one publisher's messages on one topic go.</summary>
internal sealed class Route
{
    public required byte[] Topic { get; init; }

    /// <summary>Version of the subscription tree it was computed from.</summary>
    public required long Version { get; init; }

    /// <summary>Whether the publisher may publish there.</summary>
    public required bool Allowed { get; init; }

    /// <summary>One entry a session, overlapping subscriptions merged.</summary>
    public required RouteTarget[] Targets { get; init; }

    public required SharedGroup[] Groups { get; init; }

    public bool IsEmpty => Targets.Length == 0 && Groups.Length == 0;
}

/// <summary>
/// A session that gets a message once, with the highest QoS of its matching subscriptions and all their identifiers.
/// [MQTT 3.3.4]
/// </summary>
internal sealed record RouteTarget(BrokerSession Session, MqttQoS QoS, bool RetainAsPublished, uint[] Identifiers);
