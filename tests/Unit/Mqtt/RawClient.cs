using System.Net;
using System.Net.Sockets;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>A client that sends what a test tells it, right or wrong, and shows every packet that comes back.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[4 * 1024 * 1024];
    private int _start;
    private int _end;

    private RawClient(MqttVersion version) => Version = version;

    public MqttVersion Version { get; }

    /// <summary>CONNACK of <see cref="ConnectAsync"/>.</summary>
    public ConnackPacket Connack { get; private set; } = new(false, MqttReasonCode.Success);

    /// <summary>Opens the TCP connection and sends nothing.</summary>
    public static async Task<RawClient> OpenAsync(int port, MqttVersion version = MqttVersion.V5)
    {
        RawClient client = new(version);
        await client._socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Connects as MQTT says and expects the given answer.</summary>
    public static async Task<RawClient> ConnectAsync(
        int port,
        MqttVersion version,
        string clientId,
        bool clean = true,
        MqttProperties? properties = null,
        MqttWill? will = null,
        ushort keepAlive = 30,
        string? user = null,
        string? password = null,
        MqttReasonCode expected = MqttReasonCode.Success)
    {
        RawClient client = await OpenAsync(port, version);
        client.Send(buffer => new ConnectPacket
        {
            Version = version,
            ClientId = clientId,
            CleanStart = clean,
            Properties = version == MqttVersion.V5 ? properties : null,
            Will = will,
            KeepAlive = keepAlive,
            UserName = user,
            Password = password is null ? null : Encoding.UTF8.GetBytes(password),
        }.Write(buffer));
        RawPacket answer = await client.ReceiveAsync(PacketType.Connack);
        client.Connack = ConnackPacket.Decode(answer.Body, version);
        Assert.Equal(expected, client.Connack.ReasonCode);
        return client;
    }

    public void Send(Action<PacketBuffer> write)
    {
        PacketBuffer buffer = new();
        write(buffer);
        Send(buffer.Written);
        buffer.Release();
    }

    public void Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    public void Publish(string topic, string payload, MqttQoS qos = MqttQoS.AtMostOnce, ushort id = 1, bool retain = false, MqttProperties? properties = null, bool duplicate = false)
    {
        PacketBuffer block = new();
        properties?.WriteFields(block);
        Send(buffer => PublishPacket.Write(
            buffer, Version, ((int)qos << 1) | (retain ? 1 : 0) | (duplicate ? 8 : 0), Encoding.UTF8.GetBytes(topic), id, block.Written, Encoding.UTF8.GetBytes(payload)));
    }

    /// <summary>Publishes and takes part in the acknowledgement to its end.</summary>
    public async Task PublishAndWaitAsync(string topic, string payload, MqttQoS qos = MqttQoS.AtLeastOnce, bool retain = false, MqttProperties? properties = null)
    {
        Publish(topic, payload, qos, 1, retain, properties);
        if (qos == MqttQoS.AtLeastOnce)
        {
            await ReceiveAsync(PacketType.Puback);
        }
        else if (qos == MqttQoS.ExactlyOnce)
        {
            await ReceiveAsync(PacketType.Pubrec);
            Ack(PacketType.Pubrel, 1);
            await ReceiveAsync(PacketType.Pubcomp);
        }
        else
        {
            await PingAsync();
        }
    }

    public async Task<IReadOnlyList<MqttReasonCode>> SubscribeAsync(string filter, SubscriptionOptions options, uint identifier = 0)
    {
        Send(buffer => new SubscribePacket(7, [new FilterRequest(filter, options)], identifier).Write(buffer, Version));
        RawPacket answer = await ReceiveAsync(PacketType.Suback);
        return SubackPacket.Decode(answer.AsFrame(), Version).ReasonCodes;
    }

    public Task<IReadOnlyList<MqttReasonCode>> SubscribeAsync(string filter, MqttQoS qos) => SubscribeAsync(filter, new SubscriptionOptions(qos));

    public void Ack(PacketType type, ushort id, MqttReasonCode reason = MqttReasonCode.Success) =>
        Send(buffer => AckPacket.Write(buffer, Version, type, id, reason));

    /// <summary>Proves that everything sent before has been worked off.</summary>
    public async Task PingAsync()
    {
        Send([0xC0, 0]);
        await ReceiveAsync(PacketType.Pingresp);
    }

    /// <summary>The packets that arrive before the answer to a ping: all there was to come.</summary>
    public async Task<List<ReceivedPublish>> DrainAsync(bool acknowledge = true)
    {
        List<ReceivedPublish> received = [];
        Send([0xC0, 0]);
        while (await ReceiveAsync() is { } packet)
        {
            if (packet.Type == PacketType.Pingresp)
            {
                return received;
            }

            if (packet.Type == PacketType.Publish)
            {
                received.Add(Take(packet, acknowledge));
            }
            else if (packet.Type == PacketType.Pubrel)
            {
                Ack(PacketType.Pubcomp, packet.Id);
            }
        }

        throw new IOException("the broker closed the connection");
    }

    /// <summary>The next PUBLISH, acknowledged to its end.</summary>
    public async Task<ReceivedPublish> ReceivePublishAsync(bool acknowledge = true)
    {
        ReceivedPublish received = Take(await ReceiveAsync(PacketType.Publish), acknowledge);
        if (acknowledge && received.QoS == MqttQoS.ExactlyOnce)
        {
            await ReceiveAsync(PacketType.Pubrel);
            Ack(PacketType.Pubcomp, received.Id);
        }

        return received;
    }

    /// <summary>The next messages, acknowledged as they come; their exchanges may still be open.</summary>
    public async Task<List<ReceivedPublish>> TakeAsync(int count)
    {
        List<ReceivedPublish> received = [];
        while (received.Count < count)
        {
            RawPacket packet = await ReceiveAsync() ?? throw new IOException("the broker closed the connection");
            if (packet.Type == PacketType.Publish)
            {
                received.Add(Take(packet, acknowledge: true));
            }
            else if (packet.Type == PacketType.Pubrel)
            {
                Ack(PacketType.Pubcomp, packet.Id);
            }
        }

        return received;
    }

    /// <summary>The next packet, which must be of this type.</summary>
    public async Task<RawPacket> ReceiveAsync(PacketType type)
    {
        RawPacket? packet = await ReceiveAsync();
        Assert.NotNull(packet);
        Assert.Equal(type, packet.Type);
        return packet;
    }

    /// <summary>The next packet, or null when the broker has closed the connection.</summary>
    public async Task<RawPacket?> ReceiveAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (Framing.TryRead(_buffer.AsSpan(_start, _end - _start), Framing.LargestPacket, out Frame frame))
            {
                _start += frame.Length;
                return new RawPacket(frame.Header, frame.Body.ToArray());
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            try
            {
                int count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), limit.Token);
                if (count == 0)
                {
                    return null;
                }

                _end += count;
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    /// <summary>Expects DISCONNECT with a reason (MQTT 5), then the end of the connection.</summary>
    public async Task ExpectEndAsync(MqttReasonCode reason)
    {
        RawPacket? packet = await ReceiveAsync();
        if (Version == MqttVersion.V5)
        {
            Assert.NotNull(packet);
            Assert.Equal(reason, DisconnectPacket.Decode(packet.AsFrame(), Version).ReasonCode);
            packet = await ReceiveAsync();
        }

        Assert.Null(packet);
    }

    public async Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success, uint? sessionExpiry = null)
    {
        MqttProperties? properties = sessionExpiry is null ? null : new MqttProperties { SessionExpiryInterval = sessionExpiry };
        Send(buffer => new DisconnectPacket(PacketType.Disconnect, reason, properties).Write(buffer, Version));
        while (await ReceiveAsync() is not null)
        {
            // Until the broker has closed, so that the session is free.
        }

        _socket.Dispose();
    }

    /// <summary>Cuts the connection without a word.</summary>
    public void Cut()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private ReceivedPublish Take(RawPacket packet, bool acknowledge)
    {
        PublishPacket publish = PublishPacket.Decode(packet.AsFrame(), Version);
        ReceivedPublish received = new(
            Encoding.UTF8.GetString(publish.Topic),
            Encoding.UTF8.GetString(publish.Payload),
            publish.QoS,
            publish.Retain,
            publish.Duplicate,
            publish.PacketId,
            Version == MqttVersion.V5 ? MqttProperties.OfPublish(publish.Properties) : new MqttProperties());
        if (acknowledge && received.QoS != MqttQoS.AtMostOnce)
        {
            Ack(received.QoS == MqttQoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, received.Id);
        }

        return received;
    }
}

internal sealed record RawPacket(byte Header, byte[] Body)
{
    public PacketType Type => (PacketType)(Header >> 4);

    public ushort Id => (ushort)((Body[0] << 8) | Body[1]);

    public MqttReasonCode Reason => Body.Length > 2 ? (MqttReasonCode)Body[2] : MqttReasonCode.Success;

    public Frame AsFrame() => new() { Header = Header, Body = Body, Length = Body.Length + 2 };
}

internal sealed record ReceivedPublish(string Topic, string Payload, MqttQoS QoS, bool Retain, bool Duplicate, ushort Id, MqttProperties Properties);
