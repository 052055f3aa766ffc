using System.Globalization;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Plants;
using Linewatch.Telemetry.Sparkplug;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Hosting;

/// <summary>
/// Linewatch as a Sparkplug B host application: publishes the rebirth requests that decoding found necessary and, where
/// <see cref="MqttOptions.SparkplugHostId"/> names it, its STATE as primary host: online while messages can arrive, offline
/// by its last will when it dies (Sparkplug 3.0, 5.14 to 5.16).
/// </summary>
internal sealed partial class SparkplugHost(
    IOptions<MqttOptions> options, CurrentPlant plant, RebirthRequests rebirths, TimeProvider clock, ILoggerFactory loggers, MqttBroker? broker = null, BrokerLink? link = null) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger<SparkplugHost>();
    private readonly MqttOptions _settings = options.Value;

    private string StateTopic => "spBv1.0/STATE/" + _settings.SparkplugHostId;

    private bool AnnouncesItself => _settings.SparkplugHostId.Length > 0;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (broker is not null)
        {
            await ThroughOwnBrokerAsync(broker, stoppingToken);
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ThroughPlantBrokerAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is MqttConnectException or MqttPublishException or IOException)
            {
                LogLost(_logger, fault.Message);
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ThroughOwnBrokerAsync(MqttBroker own, CancellationToken stoppingToken)
    {
        long birth = Milliseconds;
        if (AnnouncesItself)
        {
            own.Publish(StateTopic, State(online: true, birth), MqttQoS.AtLeastOnce, retain: true);
        }

        try
        {
            await foreach (RebirthRequest request in rebirths.ReadAllAsync(stoppingToken))
            {
                own.Publish(request.Topic, RebirthRequest.Payload(clock.GetUtcNow().UtcDateTime), MqttQoS.AtMostOnce, retain: false);
                LogRebirth(_logger, request.Group, request.Node);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            if (AnnouncesItself)
            {
                own.Publish(StateTopic, State(online: false, birth), MqttQoS.AtLeastOnce, retain: true);
            }
        }
    }

    /// <summary>
    /// One connection from its birth to its end. A connection of its own, because every CONNECT needs a will with its own time,
    /// and while the subscription of <see cref="BrokerLink"/> is away nodes must learn that nobody listens.
    /// </summary>
    private async Task ThroughPlantBrokerAsync(CancellationToken stoppingToken)
    {
        while (link!.Problem is not null || !(AnnouncesItself || plant.Value.Sources.Any(source => source.IsSparkplug)))
        {
            await Task.Delay(Interval, clock, stoppingToken);
        }

        long birth = Milliseconds;
        using CancellationTokenSource lost = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        MqttClientOptions settings = _settings.ToClient("-host");
        settings.Will = AnnouncesItself ? new MqttWill { Topic = StateTopic, Payload = State(online: false, birth), QoS = MqttQoS.AtLeastOnce, Retain = true } : null;
        await using MqttClient client = new(settings, loggers.CreateLogger<MqttClient>(), clock);
        await client.ConnectAsync(stoppingToken);
        client.StateChanged += changed =>
        {
            if (changed.State != MqttClientState.Connected)
            {
                lost.Cancel();
            }
        };
        using ITimer watch = clock.CreateTimer(
            _ =>
            {
                if (link.Problem is not null || client.State != MqttClientState.Connected)
                {
                    lost.Cancel();
                }
            },
            null,
            Interval,
            Interval);
        try
        {
            if (AnnouncesItself)
            {
                await client.PublishAsync(StateTopic, State(online: true, birth), MqttQoS.AtLeastOnce, retain: true, lost.Token);
            }

            await foreach (RebirthRequest request in rebirths.ReadAllAsync(lost.Token))
            {
                await client.PublishAsync(request.Topic, RebirthRequest.Payload(clock.GetUtcNow().UtcDateTime), MqttQoS.AtMostOnce, retain: false, lost.Token);
                LogRebirth(_logger, request.Group, request.Node);
            }
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            await SayFarewellAsync(client, birth);
        }
    }

    /// <summary>A connection that closes in order leaves no will behind, so the farewell is said before.</summary>
    private async Task SayFarewellAsync(MqttClient client, long birth)
    {
        if (!AnnouncesItself || client.State != MqttClientState.Connected)
        {
            return;
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2), clock);
        try
        {
            await client.PublishAsync(StateTopic, State(online: false, birth), MqttQoS.AtLeastOnce, retain: true, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The broker does not answer any more; its keep-alive ends the connection and publishes the will.
        }
    }

    private long Milliseconds => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static byte[] State(bool online, long birth) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"online":{{(online ? "true" : "false")}},"timestamp":{{birth}}}"""));

    [LoggerMessage(7230, LogLevel.Information, "Sparkplug node {Group}/{Node} is asked for its birth certificates")]
    private static partial void LogRebirth(ILogger logger, string group, string node);

    [LoggerMessage(7231, LogLevel.Warning, "Sparkplug rebirths and STATE cannot be published: {Reason}; it is tried again")]
    private static partial void LogLost(ILogger logger, string reason);
}
