using System.Net.WebSockets;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Unit.Mqtt;

public sealed class WebSocketFrameTests : IAsyncLifetime
{
    private static readonly byte[] Connect = [0x10, 12, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 30, 0, 0];

    private MqttBrokerHost _host = null!;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    public async Task InitializeAsync() => _host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions(), webSocketPort: 0);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_text_frame_ends_the_connection()
    {
        using ClientWebSocket socket = await OpenAsync();
        await socket.SendAsync(Connect, WebSocketMessageType.Binary, endOfMessage: true, Limit);
        Assert.Equal(0x20, (await ReceiveAsync(socket))[0]);

        await socket.SendAsync(new byte[] { 0xC0, 0 }, WebSocketMessageType.Text, endOfMessage: true, Limit);

        WebSocketReceiveResult end = await socket.ReceiveAsync(new byte[16], Limit);
        Assert.Equal(WebSocketMessageType.Close, end.MessageType);
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, end.CloseStatus);
    }

    [Fact]
    public async Task Packets_may_lie_across_frames_and_frames_may_be_empty()
    {
        using ClientWebSocket socket = await OpenAsync();
        await socket.SendAsync(Connect.AsMemory(0, 5), WebSocketMessageType.Binary, endOfMessage: true, Limit);
        await socket.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, endOfMessage: true, Limit);
        await socket.SendAsync((byte[])[.. Connect[5..], 0xC0, 0], WebSocketMessageType.Binary, endOfMessage: true, Limit);

        byte[] answer = await ReceiveAsync(socket);
        if (answer.Length < 6)
        {
            answer = [.. answer, .. await ReceiveAsync(socket)];
        }

        Assert.Equal([0x20, 2, 0, 0, 0xD0, 0], answer);
    }

    [Fact]
    public async Task Another_subprotocol_is_refused()
    {
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("soap");

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_host.WebSocketPort}/mqtt"), Limit));
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[1024];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, Limit);
        return buffer[..result.Count];
    }

    private async Task<ClientWebSocket> OpenAsync()
    {
        ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_host.WebSocketPort}/mqtt"), Limit);
        return socket;
    }
}
