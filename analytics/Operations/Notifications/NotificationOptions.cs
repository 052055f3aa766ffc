using System.ComponentModel.DataAnnotations;
using Linewatch.Operations.Alerts;

namespace Linewatch.Operations.Notifications;

/// <summary>Who is told of what, when and how; section <c>Operations:Notifications</c>.</summary>
public sealed class NotificationOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Operations:Notifications";

    /// <summary>Ways to tell people, by name. Default none.</summary>
    public IDictionary<string, NotificationChannel> Channels { get; } = new Dictionary<string, NotificationChannel>(StringComparer.Ordinal);

    /// <summary>Who is told of which incidents. Default none: incidents are only shown.</summary>
    public IList<NotificationRoute> Routes { get; } = [];

    /// <summary>Address of this server as people reach it, for links; empty = no links. Default empty.</summary>
    public string PublicAddress { get; set; } = "";

    /// <summary>Longest wait between two attempts on a channel that is down. Default 5 min; 1 s – 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestRetryWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A notification that could not be delivered for this long is given up and says so in the log. Default 3 days; 1 min – 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary>
    /// News of an incident that is older than this when it could first be sent calls nobody: Linewatch was away, or its journal is being read from
    /// the past. It stays in the list as stale, with the reason. Default 1 h; 1 min – 30 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long one attempt may take. Default 15 s; 1 s – 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Which incidents go to whom, and to whom next while nobody acknowledges.</summary>
public sealed class NotificationRoute
{
    /// <summary>Identifier, unique among the routes; 1–100 characters.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Name { get; set; } = "";

    /// <summary>Line ids; empty = every line.</summary>
    public IList<string> Lines { get; } = [];

    /// <summary>At least this severe. Default Low, so advisories call nobody.</summary>
    public AlertSeverity AtLeast { get; set; } = AlertSeverity.Low;

    /// <summary>Names of shifts; empty = at any time. An incident of several lines takes the shift of any of them.</summary>
    public IList<string> Shifts { get; } = [];

    /// <summary>Whom to tell, and when after the incident opened; later steps only while nobody has acknowledged it.</summary>
    public IList<NotificationStep> Steps { get; } = [];
}

/// <summary>One step of a route.</summary>
public sealed class NotificationStep
{
    /// <summary>Time after the incident opened. Default 0: at once; 0 – 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan After { get; set; }

    /// <summary>Name of the channel.</summary>
    [Required]
    public string Channel { get; set; } = "";
}

/// <summary>How a channel tells people.</summary>
public enum NotificationChannelKind
{
    /// <summary>E-mail by SMTP.</summary>
    Smtp,

    /// <summary>HTTP POST of JSON, signed.</summary>
    Webhook,

    /// <summary>An incoming webhook of Microsoft Teams (adaptive card).</summary>
    Teams,

    /// <summary>An incoming webhook of Slack, or of anything that takes its shape.</summary>
    Slack,

    /// <summary>A message on an MQTT topic.</summary>
    Mqtt,
}

/// <summary>One way to tell people.</summary>
public sealed class NotificationChannel
{
    /// <summary>How.</summary>
    public NotificationChannelKind Kind { get; set; }

    /// <summary>Webhook, Teams, Slack: absolute http or https address.</summary>
    public string Address { get; set; } = "";

    /// <summary>Webhook: key of the signature; empty = unsigned.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Smtp: server name.</summary>
    public string Host { get; set; } = "";

    /// <summary>Smtp: port. Default 587; 1–65535.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>Smtp: whether the connection must turn to TLS (STARTTLS). Default true.</summary>
    public bool UseTls { get; set; } = true;

    /// <summary>Smtp: user name; empty = no login.</summary>
    public string User { get; set; } = "";

    /// <summary>Smtp: password.</summary>
    public string Password { get; set; } = "";

    /// <summary>Smtp: sender address.</summary>
    public string From { get; set; } = "";

    /// <summary>Smtp: recipient addresses.</summary>
    public IList<string> To { get; } = [];

    /// <summary>Mqtt: topic.</summary>
    public string Topic { get; set; } = "";
}
