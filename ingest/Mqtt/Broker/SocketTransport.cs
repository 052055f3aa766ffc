using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Linewatch.Mqtt;

/// <summary>
/// Kestrel's way to the sockets of the broker's ports. Kestrel's own moves each byte through a pipe with a task on either side:
/// a ping crosses threads four times. Here whoever serves the connection reads and writes its socket: what arrives while it
/// works waits in the kernel and is read as one batch, and an idle client holds no buffer.
/// </summary>
internal sealed class SocketTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>How long nobody is accepted when the process has no file descriptor left: the clients wait in the backlog.</summary>
    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes read at once at most: some hundred small messages. Rented when bytes have arrived, returned when they are taken.</summary>
    public const int ReadSize = 16 * 1024;

    private readonly List<EndPoint> _endPoints = [];

    /// <summary>Takes a port over from Kestrel's own transport, on every address; call it before the server starts.</summary>
    public void Serve(EndPoint endPoint) => _endPoints.Add(endPoint);

    /// <summary>Whether this is a port of the broker. One that the system chooses, 0, is known by its object: the web server may have another.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint { Port: var port }
        && _endPoints.Exists(own => ReferenceEquals(own, endpoint) || (port > 0 && own is IPEndPoint { Port: var served } && served == port));

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen();
            return ValueTask.FromResult<IConnectionListener>(new Listener(socket));
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw exception.SocketErrorCode == SocketError.AddressAlreadyInUse ? new AddressInUseException(exception.Message, exception) : exception;
        }
    }

    private sealed class Listener(Socket socket) : IConnectionListener
    {
        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    return new Connection(await socket.AcceptAsync(cancellationToken));
                }
                catch (Exception exception) when (exception is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException exception)
                {
                    // The client was gone before it was accepted; or there are too many of them, and one must go first.
                    await Task.Delay(exception.SocketErrorCode == SocketError.TooManyOpenSockets ? FullPause : TimeSpan.Zero, TimeProvider.System, cancellationToken);
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => DisposeAsync();

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A connection; it is its own transport until TLS puts another in its place.</summary>
    internal sealed class Connection : ConnectionContext, IDuplexPipe
    {
        private readonly CancellationTokenSource _closed = new();

        public Connection(Socket socket)
        {
            Socket = socket;
            socket.NoDelay = true;
            LocalEndPoint = socket.LocalEndPoint;
            RemoteEndPoint = socket.RemoteEndPoint;
            ConnectionClosed = _closed.Token;
            NetworkStream stream = new(socket, ownsSocket: false);
            Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, leaveOpen: true, useZeroByteReads: true));
            Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
            Transport = this;
        }

        public Socket Socket { get; }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }

        /// <summary>What is served: this, or what TLS puts in its place.</summary>
        public override IDuplexPipe Transport { get; set; }

        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

        public override void Abort(ConnectionAbortedException abortReason)
        {
            // A socket that is shut down ends a read under way.
            try
            {
                Socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Gone already.
            }

            Socket.Dispose();
        }

        public override async ValueTask DisposeAsync()
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
            Abort(new ConnectionAbortedException());
            await _closed.CancelAsync();
            _closed.Dispose();
            await base.DisposeAsync();
        }
    }
}
