namespace Linewatch.Mqtt;

/// <summary>
/// Reason codes of MQTT 5 (section 2.4). Names shared by several packets appear once: 0 is success everywhere, normal
/// disconnection in DISCONNECT and granted QoS 0 in SUBACK.
/// </summary>
public enum MqttReasonCode : byte
{
    /// <summary>Success; normal disconnection; granted QoS 0.</summary>
    Success = 0x00,

    /// <summary>SUBACK: QoS 1 granted.</summary>
    GrantedQoS1 = 0x01,

    /// <summary>SUBACK: QoS 2 granted.</summary>
    GrantedQoS2 = 0x02,

    /// <summary>DISCONNECT: the client asks for its will to be published.</summary>
    DisconnectWithWill = 0x04,

    /// <summary>PUBACK, PUBREC: accepted, nobody subscribes.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>UNSUBACK: there was no such subscription.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>AUTH: continue.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>AUTH: re-authenticate.</summary>
    Reauthenticate = 0x19,

    /// <summary>Unspecified error; the only failure SUBACK of 3.1.1 knows.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The bytes are not a packet of the standard.</summary>
    MalformedPacket = 0x81,

    /// <summary>A packet that the standard does not allow here.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, but this implementation refuses it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>CONNACK: protocol version not supported.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>CONNACK: client identifier refused.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>CONNACK: wrong user or password.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>Not allowed to do that.</summary>
    NotAuthorized = 0x87,

    /// <summary>CONNACK: server not available.</summary>
    ServerUnavailable = 0x88,

    /// <summary>Server busy.</summary>
    ServerBusy = 0x89,

    /// <summary>CONNACK: banned.</summary>
    Banned = 0x8A,

    /// <summary>DISCONNECT: the server is shutting down.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>Authentication method not supported.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>DISCONNECT: no packet within one and a half keep-alive intervals.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>DISCONNECT: another connection uses the same client identifier.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>Topic filter well formed but not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>Topic name well formed but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>Packet identifier already in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>Packet identifier not known.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>DISCONNECT: more unacknowledged messages than the receive maximum.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>DISCONNECT: topic alias 0, above the maximum or not set.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>Packet larger than the maximum packet size.</summary>
    PacketTooLarge = 0x95,

    /// <summary>DISCONNECT: messages arrive faster than allowed.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit set by an administrator is exceeded.</summary>
    QuotaExceeded = 0x97,

    /// <summary>DISCONNECT: closed by an administrator.</summary>
    AdministrativeAction = 0x98,

    /// <summary>Payload does not match its format indicator.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>The server does not keep retained messages.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The server does not support this quality of service.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>Use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>The server has moved for good.</summary>
    ServerMoved = 0x9D,

    /// <summary>Shared subscriptions are not supported here.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Connections arrive faster than allowed.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>DISCONNECT: longest time of a connection is over.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Subscription identifiers are not supported.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Wildcard subscriptions are not supported.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
