namespace Linewatch.Mqtt;

/// <summary>Options of the embedded broker. Read once at start.</summary>
public sealed class MqttBrokerOptions
{
    /// <summary>Longest packet accepted, 128 bytes … 256 MiB. Default 1 MiB.</summary>
    public int MaximumPacketSize { get; set; } = 1024 * 1024;

    /// <summary>Most clients connected at once, 1 … 1,000,000. Default 10,000.</summary>
    public int MaximumConnections { get; set; } = 10_000;

    /// <summary>Longest time from accepting a connection to its complete CONNECT, 1 … 300 s. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest keep-alive granted, 1 … 65,535 s; MQTT 5 clients that ask for more, or for none, are told. Default 60 s.</summary>
    public TimeSpan MaximumKeepAlive { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest session expiry granted, and the one of 3.1.1 sessions that are not clean; 0 … 136 years. Default 7 days.</summary>
    public TimeSpan MaximumSessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most QoS 1 and 2 messages a client may have unacknowledged towards the broker, 1 … 65,535. Default 1,024.</summary>
    public int ReceiveMaximum { get; set; } = 1024;

    /// <summary>Most QoS 1 and 2 messages the broker has unacknowledged towards a client, 1 … 65,535; the client may allow fewer. Default 1,024.</summary>
    public int MaximumInFlight { get; set; } = 1024;

    /// <summary>Most QoS 1 and 2 messages queued for a session beyond its in-flight window, 0 … 10,000,000; further ones are dropped and counted. Default 10,000.</summary>
    public int MaximumQueuedMessages { get; set; } = 10_000;

    /// <summary>Most bytes queued for a session, 0 … 1 TiB. Default 64 MiB.</summary>
    public long MaximumQueuedBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Most bytes waiting for a subscriber's socket, 64 KiB … 1 GiB; QoS 0 messages beyond are dropped and counted. Default 8 MiB.</summary>
    public int MaximumOutboxBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Most subscriptions of one client, 1 … 1,000,000. Default 10,000.</summary>
    public int MaximumSubscriptions { get; set; } = 10_000;

    /// <summary>Most retained messages, 0 … 10,000,000; further topics are refused and counted. Default 100,000.</summary>
    public int MaximumRetainedMessages { get; set; } = 100_000;

    /// <summary>Topic aliases per connection and direction, 0 … 65,535. Default 64.</summary>
    public int TopicAliasMaximum { get; set; } = 64;

    /// <summary>Most messages a second read from one client, 0 = any number … 10,000,000; a faster client waits at its socket. Default 0.</summary>
    public int MaximumMessageRate { get; set; }

    /// <summary>Whether clients without user name are served. Default true: the broker listens on the loopback until told otherwise.</summary>
    public bool AllowAnonymous { get; set; } = true;

    /// <summary>Access list of anonymous clients. Default: everything.</summary>
    public IReadOnlyList<MqttAccessRule> AnonymousRules { get; set; } = [new("#", MqttAccess.Both)];

    /// <summary>Users; none = user names are not checked where anonymous clients are allowed. Default none.</summary>
    public IReadOnlyList<MqttUser> Users { get; set; } = [];

    /// <summary>
    /// Whether MQTT 5 clients are told that access rules refuse a filter (0x87, "not authorized"); else they get "unspecified
    /// error" (0x80), the one failure both versions know and the one interoperability suites ask for. Default false.
    /// </summary>
    public bool RevealRefusedFilters { get; set; }

    /// <summary>Folder for sessions, queued messages and retained messages; null = they end with the process. Default null.</summary>
    public string? DataFolder { get; set; }

    /// <summary>Whether every commit waits for the disk, so that the machine's sudden end loses nothing, not only the process'. Default false.</summary>
    public bool SyncToDisk { get; set; }

    /// <summary>How often <c>$SYS/broker/…</c> is published, 0 = never … 1 h. Default 10 s.</summary>
    public TimeSpan SysInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Where every message of a client is made safe before it is acknowledged; null = acknowledged at once. Default null.</summary>
    public IMessageIntake? Intake { get; set; }

    /// <summary>Every rule these options break, each naming the option, its limits and its value; empty = valid.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> failures = [];
        Range(MaximumPacketSize, 128, 268_435_460, nameof(MaximumPacketSize));
        Range(MaximumConnections, 1, 1_000_000, nameof(MaximumConnections));
        Range(ConnectTimeout.TotalSeconds, 1, 300, nameof(ConnectTimeout));
        Range(MaximumKeepAlive.TotalSeconds, 1, 65535, nameof(MaximumKeepAlive));
        Range(MaximumSessionExpiry.TotalSeconds, 0, uint.MaxValue, nameof(MaximumSessionExpiry));
        Range(ReceiveMaximum, 1, 65535, nameof(ReceiveMaximum));
        Range(MaximumInFlight, 1, 65535, nameof(MaximumInFlight));
        Range(MaximumQueuedMessages, 0, 10_000_000, nameof(MaximumQueuedMessages));
        Range(MaximumQueuedBytes, 0, 1L << 40, nameof(MaximumQueuedBytes));
        Range(MaximumOutboxBytes, 64 * 1024, 1 << 30, nameof(MaximumOutboxBytes));
        Range(MaximumSubscriptions, 1, 1_000_000, nameof(MaximumSubscriptions));
        Range(MaximumRetainedMessages, 0, 10_000_000, nameof(MaximumRetainedMessages));
        Range(TopicAliasMaximum, 0, 65535, nameof(TopicAliasMaximum));
        Range(MaximumMessageRate, 0, 10_000_000, nameof(MaximumMessageRate));
        Range(SysInterval.TotalSeconds, 0, 3600, nameof(SysInterval));
        foreach (IGrouping<string, MqttUser> user in Users.GroupBy(user => user.Name, StringComparer.Ordinal))
        {
            if (user.Count() > 1)
            {
                failures.Add($"Users names '{user.Key}' {user.Count()} times; allowed: once");
            }

            if (user.Any(one => one.PasswordHash is { } hash && !PasswordHashing.IsHash(hash)))
            {
                failures.Add($"Users: the password hash of '{user.Key}' is not one; allowed: iterations:salt:hash as MqttUser.Hash makes it, or $7$… and $6$… of mosquitto_passwd");
            }
        }

        foreach (MqttAccessRule rule in Users.SelectMany(user => user.Rules).Concat(AnonymousRules))
        {
            if (!Codec.TopicRules.IsValidFilter(System.Text.Encoding.UTF8.GetBytes(rule.Filter)))
            {
                failures.Add($"access rule '{rule.Filter}' is not a topic filter");
            }
        }

        return failures;

        void Range(double actual, double least, double most, string option)
        {
            if (!(actual >= least && actual <= most))
            {
                failures.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{option} is {actual}; allowed: {least} … {most}"));
            }
        }
    }
}
