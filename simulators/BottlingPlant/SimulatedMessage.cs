namespace Linewatch.BottlingPlant;

/// <summary>One MQTT publish of the virtual plant.</summary>
/// <param name="EventTime">When it happened at the machine, UTC.</param>
/// <param name="PublishTime">When the machine's gateway publishes it, UTC; a stream is in this order.</param>
/// <param name="Topic">MQTT topic.</param>
/// <param name="Payload">Application message; owned by the receiver.</param>
public readonly record struct SimulatedMessage(DateTime EventTime, DateTime PublishTime, string Topic, ReadOnlyMemory<byte> Payload);
