namespace Linewatch.Mqtt;

/// <summary>A received message that owns its bytes.</summary>
public sealed class MqttMessage
{
    private Action<MqttMessage>? _acknowledge;

    internal MqttMessage(in PublishView view, Action<MqttMessage>? acknowledge)
    {
        Topic = System.Text.Encoding.UTF8.GetString(view.Topic);
        Payload = view.Payload.ToArray();
        PropertyBlock = view.Properties.ToArray();
        QoS = view.QoS;
        Retain = view.Retain;
        Duplicate = view.Duplicate;
        _acknowledge = acknowledge;
    }

    /// <summary>Topic name.</summary>
    public string Topic { get; }

    /// <summary>Application message.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Quality of service it was received with.</summary>
    public MqttQoS QoS { get; }

    /// <summary>Whether it is a retained message.</summary>
    public bool Retain { get; }

    /// <summary>Whether the sender marked it as a possible redelivery.</summary>
    public bool Duplicate { get; }

    /// <summary>Properties; empty for 3.1.1.</summary>
    public MqttProperties Properties => MqttProperties.OfPublish(PropertyBlock);

    internal byte[] PropertyBlock { get; }

    internal long Receipt { get; set; }

    /// <summary>
    /// Says that the message is safe: its PUBACK or PUBREC may go out, in the order of receipt. Thread-safe; the second
    /// call does nothing, nor does any call for QoS 0.
    /// </summary>
    public void Acknowledge() => Interlocked.Exchange(ref _acknowledge, null)?.Invoke(this);
}
