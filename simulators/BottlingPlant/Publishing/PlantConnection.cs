using Linewatch.Mqtt;

namespace Linewatch.BottlingPlant.Publishing;

/// <summary>
/// The plant's connections to a broker: one for all machines that speak for themselves, and one for each Sparkplug edge node, whose
/// will is its NDEATH and which answers Rebirth commands. They come back by themselves and send again what was not acknowledged.
/// </summary>
internal sealed class PlantConnection : IAsyncDisposable
{
    private readonly MqttClient _machines;
    private readonly Dictionary<string, MqttClient> _nodes = new(StringComparer.Ordinal);
    private readonly VirtualPlant _plant;
    private readonly MqttQoS _qos;
    private string? _told;

    public PlantConnection(VirtualPlant plant, BrokerAddress broker, MqttQoS qos)
    {
        _plant = plant;
        _qos = qos;
        _machines = Client(broker, "linewatch-sim", null);
        foreach (EdgeNode node in plant.EdgeNodes)
        {
            MqttClient client = Client(broker, "linewatch-sim-" + node.Line, new MqttWill { Topic = node.DeathTopic, Payload = node.DeathPayload });
            bool connectedBefore = false;
            client.StateChanged += changed =>
            {
                if (changed.State != MqttClientState.Connected)
                {
                    return;
                }

                if (connectedBefore)
                {
                    // After a lost connection the broker has told everyone that the node died.
                    plant.RequestRebirth(node.Line);
                }

                connectedBefore = true;
            };
            _nodes[node.Line] = client;
        }
    }

    /// <summary>Says once why there is no connection, and when there is one again.</summary>
    public Action<string>? Told { get; set; }

    /// <summary>Starts connecting and keeps trying, also when the broker isn't there yet.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _machines.Start();
        foreach (EdgeNode node in _plant.EdgeNodes)
        {
            MqttClient client = _nodes[node.Line];
            client.Start();
            await client.SubscribeAsync(node.CommandFilter, MqttQoS.AtLeastOnce, cancellationToken);
            _ = ObeyAsync(client, node.Line, cancellationToken);
        }
    }

    /// <summary>Publishes one message; completes on acknowledgement.</summary>
    public ValueTask PublishAsync(SimulatedMessage message, CancellationToken cancellationToken)
    {
        MqttClient client = _machines;
        if (_nodes.Count > 0 && message.Topic.StartsWith("spBv1.0/", StringComparison.Ordinal))
        {
            client = _nodes[message.Topic.Split('/')[3]];
        }

        return client.PublishAsync(message.Topic, message.Payload, _qos, retain: false, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EdgeNode node in _plant.EdgeNodes)
        {
            MqttClient client = _nodes[node.Line];
            if (client.State == MqttClientState.Connected)
            {
                // A clean disconnect suppresses the will, so the node says itself that it goes.
                await client.PublishAsync(node.DeathTopic, node.DeathPayload, MqttQoS.AtMostOnce, retain: false, CancellationToken.None);
            }

            await client.DisposeAsync();
        }

        await _machines.DisposeAsync();
    }

    private async Task ObeyAsync(MqttClient client, string line, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (MqttMessage command in client.ReadAllAsync(cancellationToken))
            {
                command.Acknowledge();

                // The only command a node of this plant knows is Rebirth.
                _plant.RequestRebirth(line);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private MqttClient Client(BrokerAddress broker, string id, MqttWill? will)
    {
        MqttClient client = new(new MqttClientOptions
        {
            Host = broker.Host,
            Port = broker.Port,
            UserName = broker.User,
            Password = broker.Password,
            ClientId = $"{id}-{Environment.ProcessId}",
            Will = will,
        });
        client.StateChanged += changed =>
        {
            string now = changed.LastError ?? changed.State.ToString();
            if (now != Interlocked.Exchange(ref _told, now) && changed.LastError is not null)
            {
                Told?.Invoke(now);
            }
        };
        return client;
    }
}

/// <summary>Where the broker is, and who we are there.</summary>
internal sealed record BrokerAddress(string Host, int Port, string? User, string? Password)
{
    /// <summary>Reads <c>host</c> or <c>host:port</c>; null when it is neither.</summary>
    public static BrokerAddress? Parse(string text, string? user, string? password)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        int port = 1883;
        return host.Length == 0 || (colon >= 0 && (!int.TryParse(text[(colon + 1)..], out port) || port is < 1 or > 65_535))
            ? null
            : new BrokerAddress(host, port, user, password);
    }
}
