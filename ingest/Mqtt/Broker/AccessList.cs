using System.Text;

namespace Linewatch.Mqtt;

/// <summary>The access rules of one session, with user and client identifier filled in.</summary>
internal sealed class AccessList
{
    private readonly (byte[] Filter, MqttAccess Access, MqttAccess Decides)[] _rules;

    public AccessList(IReadOnlyList<MqttAccessRule> rules, string? user, string clientId) => _rules =
    [
        .. rules.Select(rule => (
            Encoding.UTF8.GetBytes(rule.Filter
                .Replace("%u", Literal(user ?? ""), StringComparison.Ordinal)
                .Replace("%c", Literal(clientId), StringComparison.Ordinal)),
            rule.Access,
            rule.Decides)),
    ];

    /// <summary>Whether a message may be published to a topic.</summary>
    public bool MayPublish(ReadOnlySpan<byte> topic) => May(topic, MqttAccess.Publish);

    /// <summary>Whether a filter may be subscribed, or a topic received.</summary>
    public bool MaySubscribe(ReadOnlySpan<byte> filter) => May(filter, MqttAccess.Subscribe);

    private bool May(ReadOnlySpan<byte> wanted, MqttAccess kind)
    {
        foreach ((byte[] filter, MqttAccess access, MqttAccess decides) in _rules)
        {
            if ((decides & kind) != 0 && Covers(filter, wanted))
            {
                return (access & kind) != 0;
            }
        }

        return false;
    }

    /// <summary>Whether every topic that <paramref name="wanted"/> matches is matched by <paramref name="rule"/>.</summary>
    private static bool Covers(ReadOnlySpan<byte> rule, ReadOnlySpan<byte> wanted)
    {
        while (true)
        {
            int ruleSlash = rule.IndexOf((byte)'/');
            ReadOnlySpan<byte> ruleLevel = ruleSlash < 0 ? rule : rule[..ruleSlash];
            if (ruleLevel.SequenceEqual("#"u8))
            {
                return true;
            }

            int slash = wanted.IndexOf((byte)'/');
            ReadOnlySpan<byte> level = slash < 0 ? wanted : wanted[..slash];
            if (level.SequenceEqual("#"u8) || (!ruleLevel.SequenceEqual("+"u8) && !ruleLevel.SequenceEqual(level)))
            {
                return false;
            }

            if (slash < 0)
            {
                return ruleSlash < 0 || rule[(ruleSlash + 1)..].SequenceEqual("#"u8);
            }

            if (ruleSlash < 0)
            {
                return false;
            }

            rule = rule[(ruleSlash + 1)..];
            wanted = wanted[(slash + 1)..];
        }
    }

    /// <summary>A name that would act as a wildcard or reach other levels matches nothing.</summary>
    private static string Literal(string name) => name.Length == 0 || name.AsSpan().ContainsAny('+', '#', '/') ? "\u0001" : name;
}
