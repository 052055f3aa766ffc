using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Linewatch.Mqtt;

/// <summary>Opens the byte stream below MQTT: TCP, TLS, WebSocket, secure WebSocket. [MQTT 4.2, section 6]</summary>
internal static class ClientTransport
{
    /// <exception cref="MqttConnectException">It cannot be opened; names host, port and cause.</exception>
    public static async Task<Stream> OpenAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return options.WebSocketPath is null
                ? await OpenTcpAsync(options, cancellationToken)
                : await OpenWebSocketAsync(options, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException or WebSocketException)
        {
            throw new MqttConnectException($"cannot connect to {options.Host}:{options.Port}: {Cause(exception)}", inner: exception);
        }
    }

    private static async Task<Stream> OpenTcpAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken);
            NetworkStream network = new(socket, ownsSocket: true);
            if (!options.UseTls)
            {
                return network;
            }

            SslStream tls = new(network);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = options.TlsServerName ?? options.Host,
                    ClientCertificates = options.TlsClientCertificate is { } certificate ? [certificate] : null,
                    CertificateChainPolicy = ChainPolicy(options),
                },
                cancellationToken);
            return tls;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> OpenWebSocketAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        ClientWebSocket socket = new();
        try
        {
            // [MQTT-6.0.0-3] the client offers "mqtt".
            socket.Options.AddSubProtocol("mqtt");
            if (options.TlsClientCertificate is { } certificate)
            {
                socket.Options.ClientCertificates = [certificate];
            }

            UriBuilder address = new(options.UseTls ? "wss" : "ws", options.Host, options.Port, options.WebSocketPath);
            using HttpMessageInvoker invoker = new(new SocketsHttpHandler
            {
                SslOptions =
                {
                    TargetHost = options.TlsServerName ?? options.Host,
                    ClientCertificates = options.TlsClientCertificate is { } own ? [own] : null,
                    CertificateChainPolicy = ChainPolicy(options),
                },
            });
            await socket.ConnectAsync(address.Uri, options.UseTls ? invoker : null, cancellationToken);
            return new BinaryWebSocketStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy? ChainPolicy(MqttClientOptions options)
    {
        if (options.TlsAuthorities is null)
        {
            return null;
        }

        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(options.TlsAuthorities);
        return policy;
    }

    private static string Cause(Exception exception) =>
        exception.InnerException is { } inner && exception is WebSocketException or AuthenticationException
            ? $"{exception.Message} ({inner.Message})"
            : exception.Message;
}
