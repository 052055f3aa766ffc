using System.Text;
using Linewatch.Mqtt.Codec;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Mqtt;

/// <summary>
/// A MQTT 3.1.1 or 5 client that stays connected: after the first connection it reconnects by itself, subscribes again
/// where the broker forgot, and sends again what was not acknowledged. Thread-safe.
/// </summary>
public sealed partial class MqttClient : IAsyncDisposable
{
    /// <summary>Bytes of QoS 0 publishes that may wait for the socket before a publisher waits.</summary>
    private const int OutboxLimit = 1024 * 1024;

    private readonly MqttClientOptions _options;
    private readonly ILogger<MqttClient> _logger;
    private readonly TimeProvider _time;
    private readonly ClientSession _session;
    private readonly MessageReader? _reader;
    private readonly IMessageIntake _intake;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly WantedSubscriptions _subscriptions = new();
    private TaskCompletionSource<ClientConnection> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientConnection? _connection;
    private Task? _running;
    private bool _connectedOnce;

    /// <summary>Makes a client that is not connected yet.</summary>
    /// <exception cref="ArgumentException">The options break a rule; the message lists every one.</exception>
    public MqttClient(MqttClientOptions options, ILogger<MqttClient>? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } failures)
        {
            throw new ArgumentException("MQTT client options: " + string.Join("; ", failures), nameof(options));
        }

        _options = options;
        _logger = logger ?? NullLogger<MqttClient>.Instance;
        _time = time ?? TimeProvider.System;
        _session = new ClientSession(options);

        // Twice the window: QoS 1 and 2 messages alone never stop the socket, which also brings our acknowledgements.
        _reader = options.Intake is null ? new MessageReader(2 * options.ReceiveMaximum) : null;
        _intake = options.Intake ?? _reader!;
    }

    /// <summary>Raised after <see cref="State"/> or <see cref="LastError"/> changed, on the client's own thread; must not block.</summary>
    public event Action<MqttClient>? StateChanged;

    /// <summary>What the client is doing.</summary>
    public MqttClientState State { get; private set; }

    /// <summary>Why there is no connection, for people; null while connected.</summary>
    public string? LastError { get; private set; }

    /// <summary>The identifier in use; assigned by the broker where none was configured.</summary>
    public string ClientId => _session.ClientId;

    /// <summary>Connections made after the first.</summary>
    public long Reconnects { get; private set; }

    /// <summary>QoS 1 and 2 publishes not acknowledged yet.</summary>
    public int Outstanding => _session.Publishes.Outstanding;

    /// <summary>Connects for the first time; from then on the client reconnects by itself.</summary>
    /// <exception cref="MqttConnectException">No connection; the message names host, port and cause. It may be called again.</exception>
    /// <exception cref="InvalidOperationException">Already connected or started.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        ThrowIfStarted();
        SetState(MqttClientState.Connecting, null);
        ClientConnection connection;
        try
        {
            connection = await OpenAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            SetState(MqttClientState.Idle, exception.Message);
            throw;
        }

        _running = Task.Run(() => RunAsync(connection), CancellationToken.None);
    }

    /// <summary>Starts connecting in the background and keeps trying, also when the broker is not there yet.</summary>
    /// <exception cref="InvalidOperationException">Already connected or started.</exception>
    public void Start()
    {
        ThrowIfStarted();
        SetState(MqttClientState.Connecting, null);
        _running = Task.Run(() => RunAsync(null), CancellationToken.None);
    }

    /// <summary>
    /// Publishes. QoS 0 completes when the message is handed to the connection (waits while there is none); QoS 1 and 2
    /// complete when acknowledged, over as many connections as it takes. Any number may be outstanding; beyond the window
    /// a call waits, in the order of the calls. Cancelling stops the wait, not a message that was already taken. The payload must not
    /// change until the call completes.
    /// </summary>
    /// <exception cref="MqttPublishException">The broker refused the message, or it is too large for it.</exception>
    /// <exception cref="ArgumentException">The topic breaks the rules for topic names.</exception>
    public ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> payload, MqttQoS qos, bool retain, CancellationToken cancellationToken) =>
        PublishAsync(topic, payload, qos, retain, null, cancellationToken);

    /// <inheritdoc cref="PublishAsync(string, ReadOnlyMemory{byte}, MqttQoS, bool, CancellationToken)"/>
    /// <param name="topic">Topic name.</param>
    /// <param name="payload">Application message.</param>
    /// <param name="qos">Quality of service.</param>
    /// <param name="retain">Whether the broker keeps it as the topic's retained message.</param>
    /// <param name="properties">Properties of PUBLISH; ignored by 3.1.1. The topic alias is the client's business and must be null.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> payload, MqttQoS qos, bool retain, MqttProperties? properties, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        byte[] name = TopicRules.Encode(topic);
        byte[] block = properties?.EncodeForPublish(nameof(properties)) ?? [];
        return qos == MqttQoS.AtMostOnce
            ? PublishOnceAsync(name, payload, retain, block, cancellationToken)
            : _session.Publishes.PublishAsync(name, payload, qos, retain, block, cancellationToken);
    }

    /// <summary>
    /// Subscribes and stays subscribed over reconnects. Waits for a connection where there is none; cancelling that wait
    /// withdraws the subscription.
    /// </summary>
    /// <exception cref="MqttSubscribeException">The broker refused it; other subscriptions are not touched.</exception>
    public Task SubscribeAsync(string filter, MqttQoS qos, CancellationToken cancellationToken) =>
        SubscribeAsync(filter, new SubscriptionOptions(qos), 0, cancellationToken);

    /// <inheritdoc cref="SubscribeAsync(string, MqttQoS, CancellationToken)"/>
    /// <param name="filter">Topic filter; <c>$share/group/filter</c> for a shared subscription.</param>
    /// <param name="options">QoS, and for MQTT 5 no local, retain as published and retain handling.</param>
    /// <param name="identifier">Subscription identifier, 1 … 268,435,455; 0 = none.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async Task SubscribeAsync(string filter, SubscriptionOptions options, uint identifier, CancellationToken cancellationToken)
    {
        if (!TopicRules.IsValidFilter(Encoding.UTF8.GetBytes(filter)))
        {
            throw new ArgumentException($"'{filter}' is not a topic filter: '#' stands alone in the last level, '+' alone in its level", nameof(filter));
        }

        WantedSubscription wanted = _subscriptions.Want(filter, options, identifier);
        while (true)
        {
            Task<ClientConnection> connected = ConnectionAsync(cancellationToken);
            await Task.WhenAny(wanted.FirstAnswer, connected);
            if (wanted.FirstAnswer.IsCompleted)
            {
                // Answered, here or together with the others before the connection was handed out: not asked for twice.
                break;
            }

            if (connected.IsCanceled)
            {
                _subscriptions.Forget(wanted);
            }

            ClientConnection connection = await connected;
            try
            {
                SubackPacket answer = await connection.SubscribeAsync([new FilterRequest(filter, options)], identifier, cancellationToken);
                wanted.Take(answer.ReasonCodes[0]);
            }
            catch (Exception exception) when (exception is IOException or TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // That connection is gone or deaf; the next one subscribes.
                connection.Fail(exception is TimeoutException ? new IOException($"the broker did not answer SUBSCRIBE '{filter}'") : exception);
                Detach(connection);
            }
        }

        MqttReasonCode first = await wanted.FirstAnswer;
        if (!wanted.WasGranted)
        {
            _subscriptions.Forget(wanted);
            throw new MqttSubscribeException(filter, first);
        }
    }

    /// <summary>Ends a subscription.</summary>
    public async Task UnsubscribeAsync(string filter, CancellationToken cancellationToken)
    {
        _subscriptions.Forget(filter);
        ClientConnection connection = await ConnectionAsync(cancellationToken);
        await connection.UnsubscribeAsync(filter, cancellationToken);
    }

    /// <summary>
    /// Reads the received messages; each QoS 1 or 2 message must be acknowledged. Not available with an intake. Ends when
    /// the client is disposed.
    /// </summary>
    public IAsyncEnumerable<MqttMessage> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _reader?.ReadAllAsync(cancellationToken)
        ?? throw new InvalidOperationException("the options give an intake; messages go there");

    /// <summary>Says DISCONNECT, fails what is outstanding and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        if (_connection is { } connection)
        {
            try
            {
                await connection.DisconnectAsync(MqttReasonCode.Success, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1), _time);
            }
            catch (TimeoutException)
            {
                // A broker that does not read gets no farewell.
            }
        }

        await _closing.CancelAsync();
        if (_running is not null)
        {
            await _running;
        }

        ObjectDisposedException closed = new(nameof(MqttClient));
        _session.Publishes.Close(closed);
        _connected.TrySetException(closed);
        _ = _connected.Task.Exception;
        _reader?.Complete();
        SetState(MqttClientState.Closed, null);
    }

    private async ValueTask PublishOnceAsync(byte[] topic, ReadOnlyMemory<byte> payload, bool retain, byte[] properties, CancellationToken cancellationToken)
    {
        ClientConnection connection = _connection ?? await ConnectionAsync(cancellationToken);
        await connection.Outbox.WaitForRoomAsync(OutboxLimit, cancellationToken);
        if (!connection.Publishes.Write(retain ? 1 : 0, topic, 0, properties, payload.Span, null, []))
        {
            throw MqttPublishException.TooLarge(connection.Publishes.Limits.MaximumPacketSize);
        }

        connection.Outbox.Flush();
    }

    private Task<ClientConnection> ConnectionAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _connected.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task RunAsync(ClientConnection? connection)
    {
        int failures = 0;
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                connection ??= await OpenAsync(_closing.Token);
                Task receiving = connection.StartReceiving(_closing.Token);
                await RestoreAsync(connection, receiving);
                failures = 0;

                // Ends only by an exception: what ended the connection.
                await receiving;
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is IOException or MqttProtocolException or MqttSubscribeException or TimeoutException or System.Net.Sockets.SocketException or ObjectDisposedException or System.Net.WebSockets.WebSocketException)
            {
                await DropAsync(connection);
                connection = null;
                SetState(MqttClientState.Reconnecting, exception.Message);
                TimeSpan wait = Backoff(failures++);
                LogLost(exception.Message, wait.TotalSeconds);
                try
                {
                    await Task.Delay(wait, _time, _closing.Token);
                }
                catch (OperationCanceledException)
                {
                    break;
                }
            }
        }

        await DropAsync(connection);
    }

    private async Task<ClientConnection> OpenAsync(CancellationToken cancellationToken)
    {
        ClientConnection connection = await ClientConnection.OpenAsync(
            _options, _time, _session, _intake, _options.CleanStart && !_connectedOnce, cancellationToken);
        Reconnects += _connectedOnce ? 1 : 0;
        _connectedOnce = true;
        if (connection.Connack.Properties?.AssignedClientIdentifier is { } assigned)
        {
            _session.ClientId = assigned;
        }

        if (!connection.Connack.SessionPresent)
        {
            _session.ForgetAll();
            _subscriptions.ForgetConfirmations();
        }

        return connection;
    }

    /// <summary>Subscribes what the broker does not know, resends, and only then calls the connection connected.</summary>
    private async Task RestoreAsync(ClientConnection connection, Task receiving)
    {
        foreach (WantedSubscription wanted in _subscriptions.Missing)
        {
            Task<SubackPacket> answer = connection.SubscribeAsync([new FilterRequest(wanted.Filter, wanted.Options)], wanted.Identifier, _closing.Token);
            if (await Task.WhenAny(answer, receiving) == receiving)
            {
                await receiving;
            }

            // One that was never granted is told to who asked for it, and the others keep their connection.
            MqttReasonCode code = (await answer).ReasonCodes[0];
            if (!wanted.Take(code) && wanted.WasGranted)
            {
                throw new MqttSubscribeException(wanted.Filter, code);
            }
        }

        _session.Publishes.Attach(connection.Publishes, connection.Connack.SessionPresent);
        lock (_gate)
        {
            _connection = connection;
            _connected.TrySetResult(connection);
        }

        SetState(MqttClientState.Connected, null);
        LogConnected(_options.Host, _options.Port, _session.ClientId, connection.Connack.SessionPresent);
    }

    private async Task DropAsync(ClientConnection? connection)
    {
        if (connection is not null)
        {
            Detach(connection);
            await connection.DisposeAsync();
        }
    }

    private void Detach(ClientConnection connection)
    {
        lock (_gate)
        {
            if (_connection == connection)
            {
                _connection = null;
                _session.Publishes.Detach();
                _connected = new TaskCompletionSource<ClientConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Exponential with full jitter, so that a plant's clients do not return in step.</summary>
    private TimeSpan Backoff(int failures)
    {
        double longest = Math.Min(_options.ReconnectMaximum.TotalSeconds, _options.ReconnectMinimum.TotalSeconds * Math.Pow(2, Math.Min(failures, 30)));
        return TimeSpan.FromSeconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private void ThrowIfStarted()
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        if (_running is not null)
        {
            throw new InvalidOperationException("the client is already connected or connecting");
        }
    }

    private void SetState(MqttClientState state, string? error)
    {
        State = state;
        LastError = error;
        StateChanged?.Invoke(this);
    }

    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "Connected to {Host}:{Port} as '{ClientId}', session resumed: {Resumed}")]
    private partial void LogConnected(string host, int port, string clientId, bool resumed);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "No MQTT connection: {Cause}; next attempt in {Seconds:0.0} s")]
    private partial void LogLost(string cause, double seconds);
}
