using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using Linewatch.Mqtt.Codec;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Mqtt;

/// <summary>
/// An embedded MQTT 3.1.1 and 5 broker: sessions, subscriptions, retained messages, wills. It has no port of its own;
/// Kestrel connection handlers feed it (<see cref="MqttBrokerExtensions"/>). Thread-safe.
/// </summary>
public sealed partial class MqttBroker : IAsyncDisposable
{
    private readonly ILogger<MqttBroker> _logger;
    private readonly SessionTable _sessions;
    private readonly ConcurrentDictionary<BrokerConnection, Task> _connections = new();
    private readonly Authenticator _authenticator;
    private readonly Housekeeping _housekeeping;
    private long _batch;
    private long _dropped;
    private int _unretainedTold;
    private long _refused;
    private long _received;
    private volatile bool _stopping;

    /// <summary>Makes a broker.</summary>
    /// <exception cref="ArgumentException">The options break a rule; the message lists every one.</exception>
    public MqttBroker(MqttBrokerOptions options, ILogger<MqttBroker>? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } failures)
        {
            throw new ArgumentException("MQTT broker options: " + string.Join("; ", failures), nameof(options));
        }

        Options = options;
        _authenticator = new Authenticator(options);
        Time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<MqttBroker>.Instance;
        Router = new MessageRouter(this);
        _sessions = new SessionTable(this);
        if (options.DataFolder is { } folder)
        {
            Store = new BrokerStore(folder, options.SyncToDisk);
            (List<StoredSession> sessions, List<BrokerMessage> retained) = Store.Load();
            _sessions.Restore(sessions);
            retained.ForEach(message => Router.Retained.Set(message));
            LogRestored(sessions.Count, retained.Count, folder, Store.TornBytes);
        }

        _housekeeping = new Housekeeping(this, _sessions, _connections);
    }

    /// <summary>Clients connected now.</summary>
    public int ConnectedClients => _connections.Count;

    /// <summary>Sessions known, connected or not.</summary>
    public int Sessions => _sessions.Count;

    /// <summary>Messages dropped because a subscriber did not keep up or its queue was full.</summary>
    public long DroppedMessages => Interlocked.Read(ref _dropped);

    /// <summary>Messages received from clients.</summary>
    public long ReceivedMessages => Interlocked.Read(ref _received);

    /// <summary>Connections and publishes refused by user, password or access rules.</summary>
    public long Refusals => Interlocked.Read(ref _refused);

    /// <summary>Retained messages.</summary>
    public int RetainedMessages => Router.Retained.Count;

    /// <summary>Subscriptions of all sessions.</summary>
    public int SubscriptionCount => Router.Subscriptions.Count;

    internal MqttBrokerOptions Options { get; }

    internal TimeProvider Time { get; }

    /// <summary>What outlives the process; null = nothing does.</summary>
    internal BrokerStore? Store { get; }

    internal MessageRouter Router { get; }

    /// <inheritdoc cref="Housekeeping.Clock"/>
    internal long Clock => _housekeeping.Clock;

    internal uint LongestExpiry => (uint)Math.Min(Options.MaximumSessionExpiry.TotalSeconds, uint.MaxValue);

    /// <summary>Publishes a message of the embedding program to every subscriber.</summary>
    /// <exception cref="ArgumentException">The topic breaks the rules for topic names.</exception>
    public void Publish(string topic, ReadOnlyMemory<byte> payload, MqttQoS qos, bool retain) =>
        Router.Publish(new BrokerMessage { Topic = Checked(topic), Payload = payload.ToArray(), QoS = qos, Retain = retain });

    /// <summary>
    /// Serves one client until its bytes end. There is no token for the connection's end on purpose: that of a web server fires while what
    /// the client sent last is still unread, and a publish and a goodbye would be lost with it.
    /// </summary>
    internal async Task ServeAsync(IDuplexPipe transport, string address, string? certificateName, Action abort)
    {
        using BrokerConnection connection = new(this, transport, address, certificateName, abort);
        if (_connections.Count >= Options.MaximumConnections)
        {
            LogTooManyConnections(Options.MaximumConnections, address);
            abort();
            return;
        }

        TaskCompletionSource ended = new();
        _connections[connection] = ended.Task;
        if (_stopping)
        {
            connection.Close(MqttReasonCode.ServerShuttingDown);
        }

        try
        {
            await connection.RunAsync();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            ended.SetResult();
        }
    }

    /// <summary>Tells MQTT 5 clients that the broker goes, closes every connection and takes no new one. Does not wait.</summary>
    public void CloseConnections()
    {
        _stopping = true;
        foreach (BrokerConnection connection in _connections.Keys)
        {
            connection.Close(MqttReasonCode.ServerShuttingDown);
        }
    }

    /// <summary>Stops serving: closes every connection and waits until each has ended, 5 s at most.</summary>
    public async ValueTask DisposeAsync()
    {
        await _housekeeping.DisposeAsync();
        CloseConnections();
        foreach (Task serving in _connections.Values)
        {
            await serving.WaitAsync(TimeSpan.FromSeconds(5), Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Store?.Dispose();
    }

    internal long NextBatch() => Interlocked.Increment(ref _batch);

    /// <summary>Counts a message that a slow or absent subscriber missed; each is named once a connection.</summary>
    internal void CountDropped(BrokerSession session)
    {
        Interlocked.Increment(ref _dropped);
        if (session.IsFirstDrop())
        {
            LogDropping(session.ClientId);
        }
    }

    /// <summary>Counts a retained message beyond the limit.</summary>
    internal void CountUnretained()
    {
        Interlocked.Increment(ref _dropped);
        if (Interlocked.Exchange(ref _unretainedTold, 1) == 0)
        {
            LogNotRetained(Options.MaximumRetainedMessages);
        }
    }

    internal void CountReceived(int messages) => Interlocked.Add(ref _received, messages);

    internal void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>Checks a CONNECT and finds or makes its session. [MQTT-3.1.4]</summary>
    internal ConnackPacket Accept(BrokerConnection connection, ConnectPacket connect, out BrokerSession? session)
    {
        session = null;
        bool v5 = connect.Version == MqttVersion.V5;
        if (connect.Properties?.AuthenticationMethod is not null)
        {
            return new ConnackPacket(false, MqttReasonCode.BadAuthenticationMethod);
        }

        string clientId = connect.ClientId;
        if (clientId.Length == 0)
        {
            if (!v5 && !connect.CleanStart)
            {
                // [MQTT-3.1.3-8] of 3.1.1
                return new ConnackPacket(false, MqttReasonCode.ClientIdentifierNotValid);
            }

            clientId = "auto-" + Guid.NewGuid().ToString("N");
        }

        MqttReasonCode reason = _authenticator.Authenticate(connect, connection.CertificateName, out string? user, out IReadOnlyList<MqttAccessRule> rules);
        AccessList access = new(rules, user, clientId);
        if (reason == MqttReasonCode.Success && connect.Will is { } will)
        {
            byte[] topic = Encoding.UTF8.GetBytes(will.Topic);
            reason = TopicRules.IsTooDeep(topic) ? MqttReasonCode.TopicNameInvalid
                : access.MayPublish(topic) ? MqttReasonCode.Success : MqttReasonCode.NotAuthorized;
        }

        if (reason != MqttReasonCode.Success)
        {
            Interlocked.Increment(ref _refused);
            LogRefused(connection.Address, clientId, connect.UserName ?? "", reason);

            // Return code 4 of 3.1.1 is for credentials that are malformed (table 3.1); those that do not fit are 5 there.
            return new ConnackPacket(false, v5 || reason != MqttReasonCode.BadUserNameOrPassword ? reason : MqttReasonCode.NotAuthorized);
        }

        uint expiry = v5
            ? Math.Min(connect.Properties?.SessionExpiryInterval ?? 0, LongestExpiry)
            : connect.CleanStart ? 0 : LongestExpiry;
        MqttProperties? properties = v5 ? Granted(connect, clientId, expiry) : null;
        if (connect.Properties?.MaximumPacketSize < new ConnackPacket(false, MqttReasonCode.Success, properties).Size)
        {
            // [MQTT-3.1.2-24] before a session is opened for a client that cannot be answered.
            MqttProtocolException.Refuse(MqttReasonCode.PacketTooLarge, "the client accepts no packet as large as CONNACK");
        }

        session = _sessions.Open(clientId, user, connect.CleanStart, expiry, out bool present);
        if (session is null)
        {
            // A session belongs to the user who opened it.
            LogRefused(connection.Address, clientId, connect.UserName ?? "", MqttReasonCode.ClientIdentifierNotValid);
            return new ConnackPacket(false, MqttReasonCode.ClientIdentifierNotValid);
        }

        session.Access = access;
        return new ConnackPacket(present, MqttReasonCode.Success, properties);
    }

    /// <summary>What a MQTT 5 client is told with CONNACK, as far as it is not what it asked for. [MQTT 3.2.2.3]</summary>
    private MqttProperties Granted(ConnectPacket connect, string clientId, uint expiry)
    {
        ushort longest = (ushort)Options.MaximumKeepAlive.TotalSeconds;
        return new MqttProperties
        {
            AssignedClientIdentifier = connect.ClientId.Length == 0 ? clientId : null,
            ServerKeepAlive = connect.KeepAlive == 0 || connect.KeepAlive > longest ? longest : null,
            SessionExpiryInterval = expiry != (connect.Properties?.SessionExpiryInterval ?? 0) ? expiry : null,
            ReceiveMaximum = (ushort)Options.ReceiveMaximum,
            MaximumPacketSize = (uint)Options.MaximumPacketSize,
            TopicAliasMaximum = (ushort)Options.TopicAliasMaximum,
        };
    }

    /// <summary>A connection has ended: the will is published or delayed, the session kept or dropped.</summary>
    internal void Detach(BrokerConnection connection, BrokerSession session, MqttWill? will)
    {
        DateTimeOffset now = Time.GetUtcNow();
        if (!session.Detach(connection, now))
        {
            // Taken over: a delayed will is cancelled where the session goes on. [MQTT-3.1.3-9]
            if (will is not null && (session.IsOver || (will.Properties?.WillDelayInterval ?? 0) == 0))
            {
                Router.Publish(BrokerMessage.OfWill(will, now));
            }

            return;
        }

        bool publishNow = false;
        if (will is not null)
        {
            uint delay = Math.Min(will.Properties?.WillDelayInterval ?? 0, session.ExpirySeconds);
            publishNow = delay == 0;
            if (!publishNow)
            {
                session.WillDue = now.AddSeconds(delay);
                session.DelayedWill = BrokerMessage.OfWill(will, now);
            }
        }

        if (session.ExpirySeconds == 0)
        {
            _sessions.Drop(session);
        }

        if (publishNow)
        {
            Router.Publish(BrokerMessage.OfWill(will!, now));
        }
    }

    internal MqttReasonCode Subscribe(BrokerSession session, FilterRequest request, uint identifier, out bool isNew)
    {
        isNew = false;
        byte[] filter = Encoding.UTF8.GetBytes(request.Filter);
        if (TopicRules.IsTooDeep(filter))
        {
            MqttProtocolException.Refuse(MqttReasonCode.TopicFilterInvalid, $"topic filter of more than {TopicRules.MostLevels} levels");
        }

        if (!TopicRules.IsValidFilter(filter))
        {
            return MqttReasonCode.TopicFilterInvalid;
        }

        TopicRules.SplitShare(request.Filter, out _, out string plain);
        if (session.Access?.MaySubscribe(Encoding.UTF8.GetBytes(plain)) == false)
        {
            return Options.RevealRefusedFilters ? MqttReasonCode.NotAuthorized : MqttReasonCode.UnspecifiedError;
        }

        if (request.Options.NoLocal && request.Filter.StartsWith("$share/", StringComparison.Ordinal))
        {
            // [MQTT-3.8.3-4]
            MqttProtocolException.Violation("no local on a shared subscription");
        }

        lock (session.Gate)
        {
            isNew = !session.Subscriptions.ContainsKey(request.Filter);
            if (isNew && session.Subscriptions.Count >= Options.MaximumSubscriptions)
            {
                return MqttReasonCode.QuotaExceeded;
            }

            Subscription subscription = new(session, request.Filter, request.Options, identifier);
            session.Add(subscription);
            Router.Subscriptions.Add(subscription);
        }

        return (MqttReasonCode)request.Options.QoS;
    }

    internal bool Unsubscribe(BrokerSession session, string filter)
    {
        lock (session.Gate)
        {
            return session.Remove(filter) && Router.Subscriptions.Remove(session, filter);
        }
    }

    internal void LogProtocolError(string address, string clientId, string message, MqttReasonCode reason) =>
        LogRejected(address, clientId, message, (byte)reason);

    private static byte[] Checked(string topic)
    {
        byte[] name = TopicRules.Encode(topic);
        return TopicRules.IsTooDeep(name) ? throw new ArgumentException($"the topic has more than {TopicRules.MostLevels} levels", nameof(topic)) : name;
    }

    [LoggerMessage(EventId = 118, Level = LogLevel.Information, Message = "Restored {Sessions} sessions and {Retained} retained messages from {Folder}; {Torn} bytes of an unfinished write were cut")]
    private partial void LogRestored(int sessions, int retained, string folder, long torn);

    [LoggerMessage(EventId = 119, Level = LogLevel.Warning, Message = "Client {Address} '{ClientId}' of user '{User}' is refused: {Reason}")]
    private partial void LogRefused(string address, string clientId, string user, MqttReasonCode reason);

    [LoggerMessage(EventId = 120, Level = LogLevel.Warning, Message = "Client {Address} '{ClientId}' broke the protocol: {Cause} (0x{Reason:X2})")]
    private partial void LogRejected(string address, string clientId, string cause, byte reason);

    [LoggerMessage(EventId = 121, Level = LogLevel.Warning, Message = "{Limit} clients are connected, the limit; {Address} is turned away")]
    private partial void LogTooManyConnections(int limit, string address);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message = "The slow or absent subscriber '{ClientId}' misses messages: its queue is full")]
    private partial void LogDropping(string clientId);

    [LoggerMessage(EventId = 123, Level = LogLevel.Warning, Message = "{Limit} messages are retained, the limit; those on further topics are not kept")]
    private partial void LogNotRetained(int limit);
}
