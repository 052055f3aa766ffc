using System.Diagnostics.Metrics;

namespace Linewatch.Mqtt;

/// <summary>Meter <c>Linewatch.Mqtt</c>: the figures of the broker and of the clients it is told of, read when somebody looks.</summary>
public sealed class MqttMetrics
{
    private readonly Meter _meter;

    /// <summary>Makes the meter.</summary>
    public MqttMetrics(IMeterFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _meter = factory.Create("Linewatch.Mqtt");
    }

    /// <summary>Shows a broker's figures. Once a broker.</summary>
    public void Observe(MqttBroker broker)
    {
        _meter.CreateObservableUpDownCounter("linewatch.mqtt.broker.clients", () => broker.ConnectedClients, "{client}", "Clients connected.");
        _meter.CreateObservableUpDownCounter("linewatch.mqtt.broker.sessions", () => broker.Sessions, "{session}", "Sessions known, connected or not.");
        _meter.CreateObservableUpDownCounter("linewatch.mqtt.broker.subscriptions", () => broker.SubscriptionCount, "{subscription}", "Subscriptions of all sessions.");
        _meter.CreateObservableUpDownCounter("linewatch.mqtt.broker.retained", () => broker.RetainedMessages, "{message}", "Retained messages.");
        _meter.CreateObservableCounter("linewatch.mqtt.broker.received", () => broker.ReceivedMessages, "{message}", "Messages received from clients.");
        _meter.CreateObservableCounter("linewatch.mqtt.broker.dropped", () => broker.DroppedMessages, "{message}", "Messages dropped for slow or absent subscribers.");
        _meter.CreateObservableCounter("linewatch.mqtt.broker.refused", () => broker.Refusals, "{refusal}", "Connections and publishes refused by the access rules.");
    }

    /// <summary>Shows a client's figures. Once a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="role">What it is for, as a tag; never an identifier of a device.</param>
    public void Observe(MqttClient client, string role)
    {
        KeyValuePair<string, object?> tag = new("role", role);
        _meter.CreateObservableUpDownCounter("linewatch.mqtt.client.connected", () => new Measurement<int>(client.State == MqttClientState.Connected ? 1 : 0, tag), "{connection}", "1 while connected and subscribed.");
        _meter.CreateObservableUpDownCounter("linewatch.mqtt.client.outstanding", () => new Measurement<int>(client.Outstanding, tag), "{message}", "Publishes not acknowledged yet.");
        _meter.CreateObservableCounter("linewatch.mqtt.client.reconnects", () => new Measurement<long>(client.Reconnects, tag), "{connection}", "Connections after the first.");
    }
}
