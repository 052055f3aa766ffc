using System.Net;
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

/// <summary>
/// A broker in a host of its own, for a bare process and for tests: TCP on one port, optionally WebSocket on another; on the
/// loopback until told otherwise.
/// </summary>
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

    /// <summary>TCP port.</summary>
    public int Port { get; }

    /// <summary>Port of the WebSocket endpoint <c>/mqtt</c>; 0 = none.</summary>
    public int WebSocketPort { get; }

    /// <summary>The broker.</summary>
    public MqttBroker Broker => _application.Services.GetRequiredService<MqttBroker>();

    /// <summary>Starts a broker.</summary>
    /// <param name="options">Options of the broker.</param>
    /// <param name="port">TCP port; 0 = any free one.</param>
    /// <param name="webSocketPort">Port for WebSocket under <c>/mqtt</c>; 0 = any free one, null = none.</param>
    /// <param name="configureListener">Further settings of both ports, for instance <c>UseHttps</c>; null = none.</param>
    /// <param name="logging">Where the log goes; null = nowhere.</param>
    /// <param name="address">Address to listen on; null = 127.0.0.1.</param>
    /// <param name="time">The clock; null = the system's.</param>
    /// <exception cref="IOException">A port or the data folder is in use.</exception>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public static async Task<MqttBrokerHost> StartAsync(
        MqttBrokerOptions options,
        int port = 0,
        int? webSocketPort = null,
        Action<ListenOptions>? configureListener = null,
        Action<ILoggingBuilder>? logging = null,
        IPAddress? address = null,
        TimeProvider? time = null)
    {
        address ??= IPAddress.Loopback;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        logging?.Invoke(builder.Logging);
        builder.Services.AddRouting();
        builder.Services.AddMqttTransport();
        builder.Services.AddSingleton(provider => new MqttBroker(options, provider.GetService<ILogger<MqttBroker>>(), time));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, port, listen =>
            {
                configureListener?.Invoke(listen);
                listen.UseMqttBroker();
            });
            if (webSocketPort is { } web)
            {
                kestrel.Listen(address, web, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    configureListener?.Invoke(listen);
                });
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
