using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Linewatch.Mqtt;

/// <summary>A broker in a host of its own, for a bare process and for tests: TCP on one port of the loopback, optionally WebSocket on another.</summary>
public sealed class MqttBrokerHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private MqttBrokerHost(WebApplication application)
    {
        _application = application;
        int[] ports = [.. application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(address => new Uri(address).Port)];
        Port = ports[0];
        WebSocketPort = ports.Length > 1 ? ports[1] : 0;
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Port of the WebSocket endpoint <c>/mqtt</c> on 127.0.0.1; 0 = none.</summary>
    public int WebSocketPort { get; }

    /// <summary>The broker.</summary>
    public MqttBroker Broker => _application.Services.GetRequiredService<MqttBroker>();

    /// <summary>Starts a broker that listens on 127.0.0.1.</summary>
    /// <param name="options">Options of the broker.</param>
    /// <param name="port">TCP port; 0 = any free one.</param>
    /// <param name="webSocketPort">Port for WebSocket under <c>/mqtt</c>; 0 = any free one, null = none.</param>
    /// <param name="configureListener">Further settings of the TCP port, for instance <c>UseHttps</c>; null = none.</param>
    /// <param name="logging">Where the log goes; null = nowhere.</param>
    /// <exception cref="IOException">A port is in use.</exception>
    public static async Task<MqttBrokerHost> StartAsync(
        MqttBrokerOptions options,
        int port = 0,
        int? webSocketPort = null,
        Action<ListenOptions>? configureListener = null,
        Action<ILoggingBuilder>? logging = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        logging?.Invoke(builder.Logging);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(provider => new MqttBroker(options, provider.GetService<ILogger<MqttBroker>>()));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, port, listen =>
            {
                configureListener?.Invoke(listen);
                listen.UseMqttBroker();
            });
            if (webSocketPort is { } web)
            {
                kestrel.Listen(System.Net.IPAddress.Loopback, web, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
        WebApplication application = builder.Build();
        application.UseWebSockets();
        application.MapMqttBroker("/mqtt");
        await application.StartAsync();
        return new MqttBrokerHost(application);
    }

    /// <summary>Completes when the process is asked to end.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _application.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
