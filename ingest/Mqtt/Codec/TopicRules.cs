using System.Buffers;
using System.Text;

namespace Linewatch.Mqtt.Codec;

/// <summary>Topic names and topic filters (section 4.7), as UTF-8.</summary>
internal static class TopicRules
{
    /// <summary>
    /// Most levels of a topic or filter the broker accepts, 200 separators, as many as mosquitto: trees of topics are walked by recursion, so
    /// their depth must not be the peer's choice.
    /// </summary>
    public const int MostLevels = 201;

    private static readonly SearchValues<byte> NotInNames = SearchValues.Create("+#\0"u8);

    private static readonly SearchValues<byte> Wildcards = SearchValues.Create("+#"u8);

    /// <summary>Topic name: at least one byte, valid UTF-8, no wildcards, no U+0000. [MQTT-3.3.2-1, MQTT-3.3.2-2, MQTT-4.7.3-1]</summary>
    public static void CheckName(ReadOnlySpan<byte> topic, string field = "topic name")
    {
        if (topic.IsEmpty)
        {
            MqttProtocolException.Refuse(MqttReasonCode.ProtocolError, $"{field} is empty");
        }

        if (topic.ContainsAny(NotInNames))
        {
            MqttProtocolException.Refuse(
                topic.Contains((byte)0) ? MqttReasonCode.MalformedPacket : MqttReasonCode.TopicNameInvalid,
                $"{field} contains a wildcard or U+0000");
        }

        FieldReader.CheckUtf8(topic, field);
    }

    /// <summary>
    /// Refuses a filter that breaks the rules. One that begins with "$share/" passes: what is wrong with a shared subscription
    /// is answered by reason code 0x8F.
    /// </summary>
    public static void CheckFilter(ReadOnlySpan<byte> filter)
    {
        if (!filter.StartsWith("$share/"u8) && !IsValidFilter(filter))
        {
            MqttProtocolException.Malformed("a topic filter is empty, or a wildcard in it does not stand alone in its level");
        }
    }

    /// <summary>
    /// Whether a filter obeys the rules: '#' alone in the last level, '+' alone in its level, "$share" with a name and a
    /// filter. [MQTT-4.7.1-1, MQTT-4.7.1-2, MQTT-4.8.2-1, MQTT-4.8.2-2]
    /// </summary>
    public static bool IsValidFilter(ReadOnlySpan<byte> filter)
    {
        if (filter.IsEmpty || filter.Contains((byte)0))
        {
            return false;
        }

        if (filter.StartsWith("$share/"u8))
        {
            ReadOnlySpan<byte> rest = filter[7..];
            int slash = rest.IndexOf((byte)'/');
            if (slash <= 0 || rest[..slash].ContainsAny(Wildcards) || slash + 1 == rest.Length)
            {
                return false;
            }

            filter = rest[(slash + 1)..];
        }

        while (true)
        {
            int slash = filter.IndexOf((byte)'/');
            ReadOnlySpan<byte> level = slash < 0 ? filter : filter[..slash];
            if (level.ContainsAny(Wildcards) && (level.Length != 1 || (level[0] == '#' && slash >= 0)))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            filter = filter[(slash + 1)..];
        }
    }

    /// <summary>Whether a topic or filter has more than <see cref="MostLevels"/> levels.</summary>
    public static bool IsTooDeep(ReadOnlySpan<byte> topic) => topic.Count((byte)'/') >= MostLevels;

    /// <summary>Splits "$share/group/filter"; the group is empty for a plain filter.</summary>
    public static void SplitShare(string filter, out string group, out string rest)
    {
        group = "";
        rest = filter;
        if (filter.StartsWith("$share/", StringComparison.Ordinal))
        {
            int slash = filter.IndexOf('/', 7);
            group = filter[7..slash];
            rest = filter[(slash + 1)..];
        }
    }

    /// <summary>A checked topic name of ours as bytes.</summary>
    /// <exception cref="ArgumentException">The name breaks the rules.</exception>
    public static byte[] Encode(string topic)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(topic);
        if (bytes.Length is 0 or > ushort.MaxValue || bytes.AsSpan().ContainsAny(NotInNames) || FieldReader.HasControls(bytes))
        {
            throw new ArgumentException($"'{topic}' is not a topic name: 1 … 65,535 bytes of UTF-8 without '+', '#' and control characters", nameof(topic));
        }

        return bytes;
    }
}
