namespace Linewatch.Mqtt;

/// <summary>What an access rule allows.</summary>
[Flags]
public enum MqttAccess
{
    /// <summary>Nothing: what the filter covers is denied.</summary>
    None = 0,

    /// <summary>Publishing.</summary>
    Publish = 1,

    /// <summary>Subscribing and receiving.</summary>
    Subscribe = 2,

    /// <summary>Both.</summary>
    Both = Publish | Subscribe,
}

/// <summary>
/// One line of an access list: the first rule that covers a topic and decides what is asked, decides; none = denied. A filter
/// may be subscribed when some topic it matches may be received; the others are held back.
/// </summary>
/// <param name="Filter">Topic filter; <c>%u</c> stands for the user name, <c>%c</c> for the client identifier.</param>
/// <param name="Access">What is allowed there.</param>
public sealed record MqttAccessRule(string Filter, MqttAccess Access)
{
    /// <summary>What the rule decides; the rest is left to later rules. Default: publishing and subscribing.</summary>
    public MqttAccess Decides { get; init; } = MqttAccess.Both;
}
