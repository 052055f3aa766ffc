using System.Collections.Concurrent;

namespace Linewatch.Mqtt;

/// <summary>
/// What the broker looks after without being asked: silent clients, unfinished handshakes, delayed wills, expired sessions
/// and messages, the $SYS figures; and the clock that silences are measured by.
/// </summary>
internal sealed class Housekeeping : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>Most milliseconds one tick counts: what the broker itself slept through is not held against its clients.</summary>
    private const long LongestTick = 1000;

    /// <summary>Milliseconds between two looks at every connection and session: thousands of idle clients should cost little.</summary>
    private const long LookInterval = 1000;

    /// <summary>Milliseconds between two looks for retained messages that have expired.</summary>
    private const long ExpiryInterval = 60_000;

    private readonly MqttBroker _broker;
    private readonly SessionTable _sessions;
    private readonly ConcurrentDictionary<BrokerConnection, Task> _connections;
    private readonly ITimer _timer;
    private readonly long _started;
    private long _clock;
    private long _tickedAt;
    private int _busy;
    private long _lookDue;
    private long _sysDue;
    private long _expiryDue = ExpiryInterval;

    /// <summary>Begins.</summary>
    public Housekeeping(MqttBroker broker, SessionTable sessions, ConcurrentDictionary<BrokerConnection, Task> connections)
    {
        _broker = broker;
        _sessions = sessions;
        _connections = connections;
        _started = broker.Time.GetTimestamp();
        _timer = broker.Time.CreateTimer(_ => OnTick(), null, Tick, Tick);
    }

    /// <summary>
    /// Milliseconds the broker has been running, a tick old at most: cheap enough to read for every packet. It stands still
    /// while the process is suspended or starved, so that a silence it could not have noticed ends no connection.
    /// </summary>
    public long Clock => Volatile.Read(ref _clock);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void OnTick()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            // The last one takes longer than a tick.
            return;
        }

        try
        {
            Look();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private void Look()
    {
        long age = (long)_broker.Time.GetElapsedTime(_started).TotalMilliseconds;
        long clock = Clock + Math.Clamp(age - _tickedAt, 0, LongestTick);
        _tickedAt = age;
        Volatile.Write(ref _clock, clock);
        if (age < _lookDue)
        {
            return;
        }

        _lookDue = age + LookInterval;

        // Not through Keys, which copies them all under every lock.
        foreach ((BrokerConnection connection, _) in _connections)
        {
            if (connection.IsGreeted ? connection.SilenceLimit > 0 && clock - connection.LastPacketAt > connection.SilenceLimit
                : clock - connection.OpenedAt > _broker.Options.ConnectTimeout.TotalMilliseconds)
            {
                connection.Close(MqttReasonCode.KeepAliveTimeout);
            }
        }

        _sessions.Sweep(_broker.Time.GetUtcNow()).ForEach(_broker.Router.Publish);
        if (age >= _expiryDue)
        {
            _expiryDue = age + ExpiryInterval;
            _broker.Router.DropExpired();
        }

        if (_broker.Options.SysInterval > TimeSpan.Zero && age >= _sysDue)
        {
            _sysDue = age + (long)_broker.Options.SysInterval.TotalMilliseconds;
            SysTopics.Publish(_broker, age);
        }
    }
}
