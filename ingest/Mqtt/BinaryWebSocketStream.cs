using System.Net.WebSockets;

namespace Linewatch.Mqtt;

/// <summary>
/// MQTT's byte stream in binary WebSocket frames, whose borders mean nothing [MQTT-6.0.0-2]; a text frame ends the
/// connection [MQTT-6.0.0-1]. One reader and one writer at a time.
/// </summary>
internal sealed class BinaryWebSocketStream(WebSocket socket) : Stream
{
    /// <summary>How long the closing handshake may take before the connection is cut.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private Task<ValueWebSocketReceiveResult>? _arrival;
    private WebSocketCloseStatus _status = WebSocketCloseStatus.NormalClosure;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what has come; 0 when the peer has closed.</summary>
    /// <exception cref="IOException">The peer sent a text frame.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            // A receive that is cancelled cuts the connection, and with it the farewell under way. So the wait alone is
            // cancelled; the receive behind it, which holds no buffer, goes on and serves the next read.
            _arrival ??= socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask();
            ValueWebSocketReceiveResult arrived = await _arrival.WaitAsync(cancellationToken);
            _arrival = null;
            ValueWebSocketReceiveResult frame = arrived is { MessageType: WebSocketMessageType.Binary, EndOfMessage: false }
                ? await socket.ReceiveAsync(buffer, CancellationToken.None)
                : arrived;
            switch (frame.MessageType)
            {
                case WebSocketMessageType.Close:
                    return 0;
                case WebSocketMessageType.Text:
                    _status = WebSocketCloseStatus.InvalidMessageType;
                    throw new IOException("the peer sent a WebSocket text frame; MQTT needs binary frames");
                case WebSocketMessageType.Binary when frame.Count > 0:
                    return frame.Count;
                default:
                    // An empty frame is not the end of the stream.
                    break;
            }
        }

        return 0;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Closes with the closing handshake, or cuts where the peer does not take part in it.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using CancellationTokenSource limit = new(CloseLimit);
            try
            {
                // What lies in a text frame need not be text, and reading on to the peer's farewell would break on it: the
                // connection would be reset before ours has arrived.
                await (_status == WebSocketCloseStatus.NormalClosure
                    ? socket.CloseAsync(_status, null, limit.Token)
                    : socket.CloseOutputAsync(_status, null, limit.Token));
            }
            catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
            {
                // The peer has gone first.
            }
        }

        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
