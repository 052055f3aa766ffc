using System.Text;
using System.Threading.Channels;

namespace Linewatch.Telemetry.Sparkplug;

/// <summary>A command that asks a node to publish its birth certificates again.</summary>
/// <param name="Group">Sparkplug group id.</param>
/// <param name="Node">Edge node id.</param>
public sealed record RebirthRequest(string Group, string Node)
{
    /// <summary>The topic to publish the command on, at QoS 0, not retained.</summary>
    public string Topic => $"spBv1.0/{Group}/NCMD/{Node}";

    /// <summary>The command's payload: the metric <c>Node Control/Rebirth</c> = true, with its time.</summary>
    public static byte[] Payload(DateTime now)
    {
        byte[] name = Encoding.ASCII.GetBytes("Node Control/Rebirth");
        ulong milliseconds = (ulong)(now - DateTime.UnixEpoch).TotalMilliseconds;
        List<byte> metric = [0x0A, (byte)name.Length, .. name, 0x18, .. Varint(milliseconds), 0x20, (byte)SparkplugType.Boolean, 0x70, 1];
        return [0x08, .. Varint(milliseconds), 0x12, .. Varint((ulong)metric.Count), .. metric];
    }

    private static List<byte> Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }
}

/// <summary>
/// The rebirths that decoding found necessary, at most one a node and minute; whoever holds the broker connection publishes
/// them. Thread-safe.
/// </summary>
public sealed class RebirthRequests(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Live = TimeSpan.FromMinutes(5);

    // The oldest request is dropped when nobody publishes them: a later message of its node asks again.
    private readonly Channel<RebirthRequest> _requests = Channel.CreateBounded<RebirthRequest>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Dictionary<(string, string), DateTime> _last = [];
    private readonly Lock _gate = new();

    /// <summary>The requests to publish, as they arise.</summary>
    public IAsyncEnumerable<RebirthRequest> ReadAllAsync(CancellationToken cancellationToken) => _requests.Reader.ReadAllAsync(cancellationToken);

    /// <summary>The next request, if one waits.</summary>
    public bool TryRead(out RebirthRequest? request) => _requests.Reader.TryRead(out request);

    internal void Ask(string group, string node, DateTime receiveTime)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        lock (_gate)
        {
            // While a backlog is worked off, what it lacks may have come since.
            if (now - receiveTime > Live || (_last.TryGetValue((group, node), out DateTime last) && now - last < Interval))
            {
                return;
            }

            if (_last.Count >= 10_000)
            {
                _last.Clear();
            }

            _last[(group, node)] = now;
        }

        _requests.Writer.TryWrite(new RebirthRequest(group, node));
    }
}
