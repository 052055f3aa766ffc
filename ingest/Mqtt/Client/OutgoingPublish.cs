using System.Threading.Tasks.Sources;

namespace Linewatch.Mqtt;

/// <summary>A QoS 1 or 2 publish from the call until its last acknowledgement; it outlives connections.</summary>
internal sealed class OutgoingPublish : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };

    public required byte[] Topic { get; init; }

    /// <summary>The caller's until the publish is taken, then our own copy, which a reconnect may send again.</summary>
    public required ReadOnlyMemory<byte> Payload { get; set; }

    public required byte[] Properties { get; init; }

    public required MqttQoS QoS { get; init; }

    public required bool Retain { get; init; }

    /// <summary>0 while it waits for its turn.</summary>
    public ushort PacketId { get; private set; }

    /// <summary>Order of the calls; resending keeps it. [MQTT-4.6.0-1]</summary>
    public long Sequence { get; private set; }

    /// <summary>Whether the caller gave up; only one that still waits for its turn is dropped.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>Whether a connection has carried it: the next one marks it as a duplicate.</summary>
    public bool WasSent { get; set; }

    /// <summary>Whether PUBREC came: PUBREL is sent again, the PUBLISH no more. [MQTT-4.3.3-4]</summary>
    public bool Received { get; set; }

    public ValueTask Completion => new(this, _source.Version);

    public void Start(ushort packetId, long sequence)
    {
        PacketId = packetId;
        Sequence = sequence;
        Payload = Payload.ToArray();
    }

    public void Complete() => _source.SetResult(true);

    public void Fail(Exception exception) => _source.SetException(exception);

    public void GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
