using Linewatch.Mqtt;
using Linewatch.Plants;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Hosting;

/// <summary>
/// Subscribes to the plant's broker for every topic that plant.yaml names; each message is in the journal before it is
/// acknowledged. The broker may be down at start or later: it is tried for ever.
/// </summary>
internal sealed partial class BrokerLink(
    IOptions<MqttOptions> options, CurrentPlant plant, IMessageIntake journal, TimeProvider clock, ILoggerFactory loggers) : BackgroundService
{
    /// <summary>So much a broker may send ahead, that what it sends in some milliseconds can be written and synced together.</summary>
    private const int MostUnacknowledged = 4000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = loggers.CreateLogger<BrokerLink>();
    private readonly HashSet<string> _subscribed = new(StringComparer.Ordinal);
    private MqttClient? _client;
    private string? _refusal;
    private volatile bool _isSubscribed;

    /// <summary>Address of the broker.</summary>
    public string Broker => $"{options.Value.Host}:{options.Value.Port}";

    /// <summary>Why messages cannot arrive now, in words; null while they can.</summary>
    public string? Problem => _client is not { } client ? "not started yet"
        : client.State != MqttClientState.Connected ? client.LastError ?? "connecting"
        : _refusal ?? (_isSubscribed ? null : "subscribing");

    /// <summary>Publishes at QoS 1; completes once the broker has acknowledged it.</summary>
    /// <exception cref="InvalidOperationException">There is no connection now: try again later.</exception>
    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (_client is not { State: MqttClientState.Connected } client)
        {
            throw new InvalidOperationException($"{Broker}: {Problem}");
        }

        await client.PublishAsync(topic, payload, MqttQoS.AtLeastOnce, retain: false, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        MqttClientOptions settings = options.Value.ToClient();
        settings.CleanStart = false;
        settings.SessionExpiry = options.Value.SessionExpiry;
        settings.Intake = journal;
        settings.ReceiveMaximum = MostUnacknowledged;
        settings.AllowExcess = true;
        await using MqttClient client = new(settings, loggers.CreateLogger<MqttClient>(), clock);
        using SemaphoreSlim changed = new(0);
        void OnChanged(object? sender, EventArgs e) => changed.Release();
        plant.Changed += OnChanged;
        try
        {
            client.Start();
            _client = client;
            while (true)
            {
                await SubscribeAsync(client, stoppingToken);
                _isSubscribed = true;
                await changed.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            plant.Changed -= OnChanged;
        }
    }

    private async Task SubscribeAsync(MqttClient client, CancellationToken cancellationToken)
    {
        foreach (string filter in Filters(plant.Value).Where(filter => !_subscribed.Contains(filter)))
        {
            while (!_subscribed.Contains(filter))
            {
                try
                {
                    await client.SubscribeAsync(filter, MqttQoS.AtLeastOnce, cancellationToken);
                    _subscribed.Add(filter);
                    _refusal = null;
                }
                catch (MqttSubscribeException refused)
                {
                    // Not silence: a subscription that the broker refuses means that data are missing.
                    _refusal = refused.Message;
                    LogRefused(_logger, Broker, refused.Message);
                    await Task.Delay(Pause, clock, cancellationToken);
                }
            }
        }
    }

    private static IEnumerable<string> Filters(Plant plant) => plant.Sources
        .Select(source => TopicTemplate.TryParse(source.Topic, out TopicTemplate? template, out _) ? template.Filter : source.Topic)
        .Distinct(StringComparer.Ordinal);

    [LoggerMessage(7200, LogLevel.Error, "{Broker}: {Reason}; it is tried again")]
    private static partial void LogRefused(ILogger logger, string broker, string reason);
}
