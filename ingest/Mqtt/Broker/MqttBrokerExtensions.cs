using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Linewatch.Mqtt;

/// <summary>Puts the broker on Kestrel: TCP and TLS ports, and a WebSocket path of the web server.</summary>
public static class MqttBrokerExtensions
{
    /// <summary>
    /// Registers the broker. An <see cref="IMessageIntake"/> registered as a service is used unless the options give one.
    /// </summary>
    public static IServiceCollection AddMqttBroker(this IServiceCollection services, Action<MqttBrokerOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<MqttMetrics>();
        services.AddMqttTransport();
        services.TryAddSingleton(provider =>
        {
            MqttBrokerOptions options = new();
            configure(options);
            options.Intake ??= provider.GetService<IMessageIntake>();
            MqttBroker broker = new(options, provider.GetService<ILogger<MqttBroker>>(), provider.GetRequiredService<TimeProvider>());
            provider.GetService<MqttMetrics>()?.Observe(broker);
            return broker;
        });
        return services;
    }

    /// <summary>Registers the broker's transport beside Kestrel's own, which serves every other port.</summary>
    internal static void AddMqttTransport(this IServiceCollection services)
    {
        // Kestrel registers its own only where there is none yet.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, SocketTransportFactory>());
        services.TryAddSingleton<SocketTransport>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, SocketTransport>(provider => provider.GetRequiredService<SocketTransport>()));
    }

    /// <summary>Serves MQTT on this port; put <c>UseHttps</c> before it for TLS.</summary>
    public static ListenOptions UseMqttBroker(this ListenOptions listen)
    {
        MqttBroker broker = listen.ApplicationServices.GetRequiredService<MqttBroker>();
        listen.ApplicationServices.GetRequiredService<SocketTransport>().Serve(listen.EndPoint);

        // Kestrel waits at its end for connections that nobody else would close.
        listen.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(broker.CloseConnections);
        listen.Run(connection => broker.ServeAsync(
            connection.Transport,
            connection.RemoteEndPoint?.ToString() ?? "?",
            connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
            connection.Abort));
        return listen;
    }

    /// <summary>Serves MQTT over WebSocket on a path of the web server; <c>UseWebSockets</c> must come before. [MQTT section 6]</summary>
    public static IEndpointConventionBuilder MapMqttBroker(this IEndpointRouteBuilder endpoints, string pattern) =>
        endpoints.Map(pattern, ServeWebSocketAsync);

    private static async Task ServeWebSocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains("mqtt"))
        {
            // [MQTT-6.0.0-3] the client must offer "mqtt".
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("This is a MQTT endpoint: connect by WebSocket with the subprotocol 'mqtt'.", context.RequestAborted);
            return;
        }

        MqttBroker broker = context.RequestServices.GetRequiredService<MqttBroker>();
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync("mqtt");
        await using BinaryWebSocketStream stream = new(socket);
        StreamPipe pipe = new(
            PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        await broker.ServeAsync(pipe, context.Connection.RemoteIpAddress?.ToString() ?? "?", context.Connection.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false), context.Abort);
    }

    private sealed record StreamPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
