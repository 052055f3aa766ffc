using System.Security.Cryptography.X509Certificates;

namespace Linewatch.Mqtt;

/// <summary>How a client connects. Read once when the client is made.</summary>
public sealed class MqttClientOptions
{
    /// <summary>Name or address of the broker. Default <c>localhost</c>.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>Port of the broker, 1 … 65,535. Default 1883.</summary>
    public int Port { get; set; } = 1883;

    /// <summary>Protocol version. Default 5.</summary>
    public MqttVersion Version { get; set; } = MqttVersion.V5;

    /// <summary>Client identifier, at most 65,535 bytes; empty lets a MQTT 5 broker choose one. Default empty.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>User name; null = none. Default null.</summary>
    public string? UserName { get; set; }

    /// <summary>Password; null = none. Default null.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// Whether the first connection discards what the broker kept for this client identifier. Default true. Later
    /// connections of the same client always resume.
    /// </summary>
    public bool CleanStart { get; set; } = true;

    /// <summary>
    /// How long the broker keeps the session without a connection, 0 … 136 years. Default 0 = ends with the connection;
    /// 3.1.1 knows only 0 and for ever.
    /// </summary>
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.Zero;

    /// <summary>Longest silence before the client pings, 0 = off … 65,535 s. Default 30 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Longest wait for a connection and CONNACK, and longest silence of a broker that owes a SUBACK or PINGRESP; more than 0.
    /// Default 10 s.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest wait before a reconnect; doubles with every failure. Default 250 ms.</summary>
    public TimeSpan ReconnectMinimum { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait before a reconnect. Default 30 s.</summary>
    public TimeSpan ReconnectMaximum { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Message the broker publishes when it loses this client; null = none. Default null.</summary>
    public MqttWill? Will { get; set; }

    /// <summary>Most QoS 1 and 2 publishes unacknowledged at once, 1 … 65,000; the broker may allow fewer. Default 1,000.</summary>
    public int MaximumInFlight { get; set; } = 1000;

    /// <summary>
    /// Most bytes that wait for a broker that does not read while it sends, at least 1 KiB; beyond that the connection is ended.
    /// Default 64 MiB, acknowledgements of 16 million messages.
    /// </summary>
    public int MaximumUnsent { get; set; } = 64 << 20;

    /// <summary>Most QoS 1 and 2 messages the broker may send ahead of acknowledgement, 1 … 65,535. Default 1,000.</summary>
    public int ReceiveMaximum { get; set; } = 1000;

    /// <summary>
    /// Whether a broker may send more than <see cref="ReceiveMaximum"/> unacknowledged messages, as mosquitto 2.0 does when it
    /// resumes a session with a long queue. Else the connection ends with 0x93, and such a broker sends it all again. Only with
    /// an <see cref="Intake"/>, whose back-pressure bounds the memory. Default false.
    /// </summary>
    public bool AllowExcess { get; set; }

    /// <summary>Largest packet accepted, 128 bytes … 256 MiB. Default 1 MiB.</summary>
    public int MaximumPacketSize { get; set; } = 1024 * 1024;

    /// <summary>
    /// Topics the client replaces by an alias of two bytes once the broker knows them, 0 … 65,535; the first that are
    /// published, and never more than the broker allows. Default 64. MQTT 5 only.
    /// </summary>
    public int OutgoingTopicAliasMaximum { get; set; } = 64;

    /// <summary>Topic aliases the broker may use, 0 … 65,535. Default 0. MQTT 5 only.</summary>
    public int TopicAliasMaximum { get; set; }

    /// <summary>
    /// Where received messages are made safe. Null = they are read with <see cref="MqttClient.ReadAllAsync"/> and
    /// acknowledged by <see cref="MqttMessage.Acknowledge"/>. Default null.
    /// </summary>
    public IMessageIntake? Intake { get; set; }

    /// <summary>Whether TLS is used. Default false.</summary>
    public bool UseTls { get; set; }

    /// <summary>Name the broker's certificate must have; null = <see cref="Host"/>. Default null.</summary>
    public string? TlsServerName { get; set; }

    /// <summary>Certificate authorities to trust instead of the system's; null = the system's. Default null.</summary>
    public X509Certificate2Collection? TlsAuthorities { get; set; }

    /// <summary>Certificate with private key to present to the broker; null = none. Default null.</summary>
    public X509Certificate2? TlsClientCertificate { get; set; }

    /// <summary>Path of a WebSocket endpoint, for instance <c>/mqtt</c>; null = plain TCP. Default null. With <see cref="UseTls"/> it is wss.</summary>
    public string? WebSocketPath { get; set; }

    /// <summary>User properties sent in CONNECT. Default none. MQTT 5 only.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; set; } = [];

    /// <summary>Every rule these options break, each naming the option, its limits and its value; empty = valid.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> failures = [];
        Check(Host.Length > 0, nameof(Host), "a name or an address", Host);
        Check(Port is >= 1 and <= 65535, nameof(Port), "1 … 65,535", Port);
        Check(Enum.IsDefined(Version), nameof(Version), "V311 or V5", Version);
        Check(KeepAlive >= TimeSpan.Zero && KeepAlive <= TimeSpan.FromSeconds(65535), nameof(KeepAlive), "0 … 65,535 s", KeepAlive);
        Check(ResponseTimeout > TimeSpan.Zero, nameof(ResponseTimeout), "more than 0", ResponseTimeout);
        Check(ReconnectMinimum > TimeSpan.Zero, nameof(ReconnectMinimum), "more than 0", ReconnectMinimum);
        Check(ReconnectMaximum >= ReconnectMinimum, nameof(ReconnectMaximum), "at least ReconnectMinimum", ReconnectMaximum);
        Check(SessionExpiry >= TimeSpan.Zero, nameof(SessionExpiry), "0 or more", SessionExpiry);
        Check(MaximumInFlight is >= 1 and <= 65000, nameof(MaximumInFlight), "1 … 65,000", MaximumInFlight);
        Check(ReceiveMaximum is >= 1 and <= 65535, nameof(ReceiveMaximum), "1 … 65,535", ReceiveMaximum);
        Check(MaximumUnsent >= 1024, nameof(MaximumUnsent), "at least 1,024 bytes", MaximumUnsent);
        Check(MaximumPacketSize is >= 128 and <= 268_435_460, nameof(MaximumPacketSize), "128 bytes … 256 MiB", MaximumPacketSize);
        Check(OutgoingTopicAliasMaximum is >= 0 and <= 65535, nameof(OutgoingTopicAliasMaximum), "0 … 65,535", OutgoingTopicAliasMaximum);
        Check(TopicAliasMaximum is >= 0 and <= 65535, nameof(TopicAliasMaximum), "0 … 65,535", TopicAliasMaximum);
        Check(Version == MqttVersion.V5 || CleanStart || ClientId.Length > 0, nameof(ClientId), "not empty when 3.1.1 resumes a session", ClientId);
        Check(WebSocketPath is null || WebSocketPath.StartsWith('/'), nameof(WebSocketPath), "a path that begins with '/'", WebSocketPath);
        return failures;

        void Check(bool holds, string option, string allowed, object? actual)
        {
            if (!holds)
            {
                failures.Add($"{option} is '{actual}'; allowed: {allowed}");
            }
        }
    }
}
