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

    /// <summary>Whether a topic may be received.</summary>
    public bool MayReceive(ReadOnlySpan<byte> topic) => May(topic, MqttAccess.Subscribe);

    /// <summary>Whether a filter may be subscribed: when some topic it matches may be received. What it matches beyond is held back.</summary>
    public bool MaySubscribe(ReadOnlySpan<byte> wanted)
    {
        foreach ((byte[] filter, MqttAccess access, MqttAccess decides) in _rules)
        {
            bool allows = (access & MqttAccess.Subscribe) != 0;
            if ((decides & MqttAccess.Subscribe) != 0 && (allows ? Meets(filter, wanted) : Covers(filter, wanted)))
            {
                return allows;
            }
        }

        return false;
    }

    private bool May(ReadOnlySpan<byte> topic, MqttAccess kind)
    {
        foreach ((byte[] filter, MqttAccess access, MqttAccess decides) in _rules)
        {
            if ((decides & kind) != 0 && Covers(filter, topic))
            {
                return (access & kind) != 0;
            }
        }

        return false;
    }

    /// <summary>Whether some topic is matched by both filters.</summary>
    private static bool Meets(ReadOnlySpan<byte> rule, ReadOnlySpan<byte> wanted)
    {
        while (true)
        {
            ReadOnlySpan<byte> ruleLevel = Next(ref rule, out bool ruleEnds);
            ReadOnlySpan<byte> level = Next(ref wanted, out bool ends);
            if (ruleLevel.SequenceEqual("#"u8) || level.SequenceEqual("#"u8))
            {
                return true;
            }

            if (!ruleLevel.SequenceEqual("+"u8) && !level.SequenceEqual("+"u8) && !ruleLevel.SequenceEqual(level))
            {
                return false;
            }

            if (ruleEnds || ends)
            {
                // "sport/#" matches "sport" too. [MQTT 4.7.1.2]
                return (ruleEnds || rule.SequenceEqual("#"u8)) && (ends || wanted.SequenceEqual("#"u8));
            }
        }

        static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> filter, out bool isLast)
        {
            int slash = filter.IndexOf((byte)'/');
            isLast = slash < 0;
            ReadOnlySpan<byte> level = isLast ? filter : filter[..slash];
            filter = isLast ? default : filter[(slash + 1)..];
            return level;
        }
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
