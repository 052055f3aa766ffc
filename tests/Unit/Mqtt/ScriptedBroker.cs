using System.Net;
using System.Net.Sockets;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>A broker that does what a test tells it, one connection at a time.</summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;
    private int _start;
    private int _end;

    public ScriptedBroker() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    /// <summary>Takes the next connection and answers its CONNECT.</summary>
    public async Task<ConnectPacket> AcceptAsync(bool sessionPresent = false, MqttProperties? properties = null)
    {
        _socket?.Dispose();
        (_start, _end) = (0, 0);
        _socket = await _listener.AcceptSocketAsync(Limit);
        ConnectPacket connect = ConnectPacket.Decode((await ReceiveAsync(PacketType.Connect)).Body);
        Send(buffer => new ConnackPacket(sessionPresent, MqttReasonCode.Success, properties).Write(buffer, connect.Version));
        return connect;
    }

    public void Send(Action<PacketBuffer> write)
    {
        PacketBuffer buffer = new();
        write(buffer);
        _socket!.Send(buffer.Written);
        buffer.Release();
    }

    /// <summary>The next packet, which must be of this type.</summary>
    public async Task<RawPacket> ReceiveAsync(PacketType type)
    {
        while (true)
        {
            if (Framing.TryRead(_buffer.AsSpan(_start, _end - _start), Framing.LargestPacket, out Frame frame))
            {
                _start += frame.Length;
                Assert.Equal(type, frame.Type);
                return new RawPacket(frame.Header, frame.Body.ToArray());
            }

            int count = await _socket!.ReceiveAsync(_buffer.AsMemory(_end), Limit);
            Assert.NotEqual(0, count);
            _end += count;
        }
    }

    /// <summary>Waits until the client has closed the connection.</summary>
    public async Task UntilClosedAsync() => Assert.Equal(0, await _socket!.ReceiveAsync(_buffer.AsMemory(_end), Limit));

    /// <summary>Cuts the connection.</summary>
    public void Cut() => _socket!.Dispose();

    public ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }
}
