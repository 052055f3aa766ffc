namespace Linewatch.Mqtt.Codec;

/// <summary>What carries a property block: a packet type, or the will inside CONNECT.</summary>
[Flags]
internal enum PropertyOwner
{
    Will = 1 << 0,
    Connect = 1 << PacketType.Connect,
    Connack = 1 << PacketType.Connack,
    Publish = 1 << PacketType.Publish,
    Puback = 1 << PacketType.Puback,
    Pubrec = 1 << PacketType.Pubrec,
    Pubrel = 1 << PacketType.Pubrel,
    Pubcomp = 1 << PacketType.Pubcomp,
    Subscribe = 1 << PacketType.Subscribe,
    Suback = 1 << PacketType.Suback,
    Unsubscribe = 1 << PacketType.Unsubscribe,
    Unsuback = 1 << PacketType.Unsuback,
    Disconnect = 1 << PacketType.Disconnect,
    Auth = 1 << PacketType.Auth,

    /// <summary>PUBLISH of a client: without subscription identifiers, which are the server's to give. [MQTT-3.3.4-6]</summary>
    PublishToServer = 1 << 16,

    /// <summary>Everything with a reason code: CONNACK, the acknowledgements, SUBACK, UNSUBACK, DISCONNECT, AUTH.</summary>
    Answers = Connack | Puback | Pubrec | Pubrel | Pubcomp | Suback | Unsuback | Disconnect | Auth,
}
