using System.Net;
using System.Net.Sockets;
using Linewatch.Mqtt;
using Microsoft.AspNetCore.Connections;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>Which ports the broker's transport takes over from Kestrel's own.</summary>
public sealed class SocketTransportTests
{
    private static readonly IPEndPoint Chosen = new(IPAddress.Loopback, 0);
    private readonly SocketTransport _transport = new();

    public SocketTransportTests()
    {
        _transport.Serve(Chosen);
        _transport.Serve(new IPEndPoint(IPAddress.Loopback, 1883));
    }

    public static TheoryData<EndPoint, bool> Ports => new()
    {
        { new IPEndPoint(IPAddress.Loopback, 1883), true },
        { new IPEndPoint(IPAddress.IPv6Loopback, 1883), true },
        { new IPEndPoint(IPAddress.Loopback, 8080), false },
        { Chosen, true },
        { new IPEndPoint(IPAddress.Loopback, 0), false },
        { new DnsEndPoint("localhost", 1883), false },
    };

    [Theory]
    [MemberData(nameof(Ports), DisableDiscoveryEnumeration = true)]
    public void Broker_ports_are_served_on_every_address_and_no_others(EndPoint endPoint, bool served) =>
        Assert.Equal(served, _transport.CanBind(endPoint));

    [Fact]
    public async Task A_connection_and_the_listener_end_with_their_sockets()
    {
        await using IConnectionListener listener = await _transport.BindAsync(Chosen);
        using Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint);
        ConnectionContext connection = (await listener.AcceptAsync())!;
        CancellationToken closed = connection.ConnectionClosed;

        await connection.DisposeAsync();
        await listener.UnbindAsync();

        Assert.True(closed.IsCancellationRequested);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        Assert.Null(await listener.AcceptAsync());
    }
}
