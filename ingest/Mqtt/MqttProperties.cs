using System.Text;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// The properties of a MQTT 5 packet (section 2.2.2.2); null = absent. Which of them a packet may carry is checked when
/// it is decoded.
/// </summary>
public sealed class MqttProperties
{
    /// <summary>1 = the payload is UTF-8 text, 0 = bytes.</summary>
    public byte? PayloadFormatIndicator { get; set; }

    /// <summary>Lifetime of the message, seconds.</summary>
    public uint? MessageExpiryInterval { get; set; }

    /// <summary>MIME type of the payload.</summary>
    public string? ContentType { get; set; }

    /// <summary>Topic for the answer to a request.</summary>
    public string? ResponseTopic { get; set; }

    /// <summary>Tells the requester which request an answer belongs to.</summary>
    public byte[]? CorrelationData { get; set; }

    /// <summary>1 … 268,435,455; one in SUBSCRIBE, one for each matching subscription in PUBLISH.</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers { get; set; } = [];

    /// <summary>Seconds a session outlives its connection; 0xFFFFFFFF = for ever.</summary>
    public uint? SessionExpiryInterval { get; set; }

    /// <summary>The identifier a server gave a client that had none.</summary>
    public string? AssignedClientIdentifier { get; set; }

    /// <summary>The keep-alive the server wants, seconds.</summary>
    public ushort? ServerKeepAlive { get; set; }

    /// <summary>Method of enhanced authentication.</summary>
    public string? AuthenticationMethod { get; set; }

    /// <summary>Data of enhanced authentication.</summary>
    public byte[]? AuthenticationData { get; set; }

    /// <summary>0 = no reason strings and user properties but in PUBLISH, CONNACK, DISCONNECT.</summary>
    public byte? RequestProblemInformation { get; set; }

    /// <summary>Seconds between the loss of the connection and the will.</summary>
    public uint? WillDelayInterval { get; set; }

    /// <summary>1 = the client would like response information.</summary>
    public byte? RequestResponseInformation { get; set; }

    /// <summary>Basis for response topics.</summary>
    public string? ResponseInformation { get; set; }

    /// <summary>Another server to use.</summary>
    public string? ServerReference { get; set; }

    /// <summary>Explanation for people.</summary>
    public string? ReasonString { get; set; }

    /// <summary>Most unacknowledged QoS 1 and 2 messages, 1 … 65,535.</summary>
    public ushort? ReceiveMaximum { get; set; }

    /// <summary>Largest topic alias accepted; 0 = none.</summary>
    public ushort? TopicAliasMaximum { get; set; }

    /// <summary>Number that stands for the topic on this connection.</summary>
    public ushort? TopicAlias { get; set; }

    /// <summary>Largest quality of service the server supports, 0 or 1; absent = 2.</summary>
    public byte? MaximumQoS { get; set; }

    /// <summary>0 = the server keeps no retained messages.</summary>
    public byte? RetainAvailable { get; set; }

    /// <summary>Pairs of the application, in order; names may repeat.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; set; } = [];

    /// <summary>Largest packet accepted, bytes.</summary>
    public uint? MaximumPacketSize { get; set; }

    /// <summary>0 = no wildcard subscriptions.</summary>
    public byte? WildcardSubscriptionAvailable { get; set; }

    /// <summary>0 = no subscription identifiers.</summary>
    public byte? SubscriptionIdentifierAvailable { get; set; }

    /// <summary>0 = no shared subscriptions.</summary>
    public byte? SharedSubscriptionAvailable { get; set; }

    /// <summary>Reads the checked property block of a <see cref="PublishView"/>.</summary>
    /// <exception cref="MqttProtocolException">The block is not a valid one of PUBLISH.</exception>
    public static MqttProperties OfPublish(ReadOnlySpan<byte> block) => Decode(block, PropertyOwner.Publish);

    internal static MqttProperties Decode(ReadOnlySpan<byte> block, PropertyOwner owner)
    {
        PropertyRules.Check(block, owner);
        MqttProperties properties = new();
        List<uint>? identifiers = null;
        List<KeyValuePair<string, string>>? pairs = null;
        PropertyReader reader = new(block);
        while (reader.TryRead(out PropertyId id, out uint number, out ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> second))
        {
            if (id == PropertyId.SubscriptionIdentifier)
            {
                (identifiers ??= []).Add(number);
            }
            else if (id == PropertyId.UserProperty)
            {
                (pairs ??= []).Add(new(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(second)));
            }
            else if (PropertyRules.TypeOf(id) is PropertyRules.ValueType.Utf8 or PropertyRules.ValueType.Binary)
            {
                properties.Set(id, bytes);
            }
            else
            {
                properties.Set(id, number);
            }
        }

        properties.SubscriptionIdentifiers = identifiers ?? [];
        properties.UserProperties = pairs ?? [];
        return properties;
    }

    /// <summary>Writes the block with its length.</summary>
    internal static void Write(PacketBuffer buffer, MqttProperties? properties)
    {
        if (properties is null)
        {
            buffer.WriteByte(0);
            return;
        }

        int mark = buffer.BeginLength();
        properties.WriteFields(buffer);
        buffer.EndLength(mark);
    }

    internal void WriteFields(PacketBuffer buffer)
    {
        Put(PropertyId.PayloadFormatIndicator, PayloadFormatIndicator);
        Put4(PropertyId.MessageExpiryInterval, MessageExpiryInterval);
        PutText(PropertyId.ContentType, ContentType);
        PutText(PropertyId.ResponseTopic, ResponseTopic);
        PutBinary(PropertyId.CorrelationData, CorrelationData);
        foreach (uint identifier in SubscriptionIdentifiers)
        {
            buffer.WriteByte((byte)PropertyId.SubscriptionIdentifier);
            buffer.WriteVariable(identifier);
        }

        Put4(PropertyId.SessionExpiryInterval, SessionExpiryInterval);
        PutText(PropertyId.AssignedClientIdentifier, AssignedClientIdentifier);
        Put2(PropertyId.ServerKeepAlive, ServerKeepAlive);
        PutText(PropertyId.AuthenticationMethod, AuthenticationMethod);
        PutBinary(PropertyId.AuthenticationData, AuthenticationData);
        Put(PropertyId.RequestProblemInformation, RequestProblemInformation);
        Put4(PropertyId.WillDelayInterval, WillDelayInterval);
        Put(PropertyId.RequestResponseInformation, RequestResponseInformation);
        PutText(PropertyId.ResponseInformation, ResponseInformation);
        PutText(PropertyId.ServerReference, ServerReference);
        PutText(PropertyId.ReasonString, ReasonString);
        Put2(PropertyId.ReceiveMaximum, ReceiveMaximum);
        Put2(PropertyId.TopicAliasMaximum, TopicAliasMaximum);
        Put2(PropertyId.TopicAlias, TopicAlias);
        Put(PropertyId.MaximumQoS, MaximumQoS);
        Put(PropertyId.RetainAvailable, RetainAvailable);
        foreach ((string name, string value) in UserProperties)
        {
            buffer.WriteByte((byte)PropertyId.UserProperty);
            buffer.WriteString(name);
            buffer.WriteString(value);
        }

        Put4(PropertyId.MaximumPacketSize, MaximumPacketSize);
        Put(PropertyId.WildcardSubscriptionAvailable, WildcardSubscriptionAvailable);
        Put(PropertyId.SubscriptionIdentifierAvailable, SubscriptionIdentifierAvailable);
        Put(PropertyId.SharedSubscriptionAvailable, SharedSubscriptionAvailable);

        void Put(PropertyId id, byte? value)
        {
            if (value is { } number)
            {
                buffer.WriteByte((byte)id);
                buffer.WriteByte(number);
            }
        }

        void Put2(PropertyId id, ushort? value)
        {
            if (value is { } number)
            {
                buffer.WriteByte((byte)id);
                buffer.WriteUInt16(number);
            }
        }

        void Put4(PropertyId id, uint? value)
        {
            if (value is { } number)
            {
                buffer.WriteByte((byte)id);
                buffer.WriteUInt32(number);
            }
        }

        void PutText(PropertyId id, string? value)
        {
            if (value is not null)
            {
                buffer.WriteByte((byte)id);
                buffer.WriteString(value);
            }
        }

        void PutBinary(PropertyId id, byte[]? value)
        {
            if (value is not null)
            {
                buffer.WriteByte((byte)id);
                buffer.WriteBinary(value);
            }
        }
    }

    private void Set(PropertyId id, uint number)
    {
        switch (id)
        {
            case PropertyId.PayloadFormatIndicator: PayloadFormatIndicator = (byte)number; break;
            case PropertyId.MessageExpiryInterval: MessageExpiryInterval = number; break;
            case PropertyId.SessionExpiryInterval: SessionExpiryInterval = number; break;
            case PropertyId.ServerKeepAlive: ServerKeepAlive = (ushort)number; break;
            case PropertyId.RequestProblemInformation: RequestProblemInformation = (byte)number; break;
            case PropertyId.WillDelayInterval: WillDelayInterval = number; break;
            case PropertyId.RequestResponseInformation: RequestResponseInformation = (byte)number; break;
            case PropertyId.ReceiveMaximum: ReceiveMaximum = (ushort)number; break;
            case PropertyId.TopicAliasMaximum: TopicAliasMaximum = (ushort)number; break;
            case PropertyId.TopicAlias: TopicAlias = (ushort)number; break;
            case PropertyId.MaximumQoS: MaximumQoS = (byte)number; break;
            case PropertyId.RetainAvailable: RetainAvailable = (byte)number; break;
            case PropertyId.MaximumPacketSize: MaximumPacketSize = number; break;
            case PropertyId.WildcardSubscriptionAvailable: WildcardSubscriptionAvailable = (byte)number; break;
            case PropertyId.SubscriptionIdentifierAvailable: SubscriptionIdentifierAvailable = (byte)number; break;
            case PropertyId.SharedSubscriptionAvailable: SharedSubscriptionAvailable = (byte)number; break;
        }
    }

    private void Set(PropertyId id, ReadOnlySpan<byte> bytes)
    {
        switch (id)
        {
            case PropertyId.ContentType: ContentType = Encoding.UTF8.GetString(bytes); break;
            case PropertyId.ResponseTopic: ResponseTopic = Encoding.UTF8.GetString(bytes); break;
            case PropertyId.CorrelationData: CorrelationData = bytes.ToArray(); break;
            case PropertyId.AssignedClientIdentifier: AssignedClientIdentifier = Encoding.UTF8.GetString(bytes); break;
            case PropertyId.AuthenticationMethod: AuthenticationMethod = Encoding.UTF8.GetString(bytes); break;
            case PropertyId.AuthenticationData: AuthenticationData = bytes.ToArray(); break;
            case PropertyId.ResponseInformation: ResponseInformation = Encoding.UTF8.GetString(bytes); break;
            case PropertyId.ServerReference: ServerReference = Encoding.UTF8.GetString(bytes); break;
            case PropertyId.ReasonString: ReasonString = Encoding.UTF8.GetString(bytes); break;
        }
    }

    /// <summary>The raw block of a PUBLISH of ours.</summary>
    /// <param name="argument">Name of the caller's argument, for the error.</param>
    /// <exception cref="ArgumentException">They hold a topic alias.</exception>
    /// <exception cref="MqttProtocolException">They hold what PUBLISH does not allow.</exception>
    internal byte[] EncodeForPublish(string argument)
    {
        if (TopicAlias is not null)
        {
            throw new ArgumentException("the topic alias is the client's business and must be null", argument);
        }

        PacketBuffer buffer = new();
        WriteFields(buffer);
        byte[] block = buffer.Written.ToArray();
        buffer.Release();
        PropertyRules.Check(block, PropertyOwner.Publish);
        return block;
    }
}
