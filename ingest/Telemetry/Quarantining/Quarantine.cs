using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Quarantining;

/// <summary>
/// Keeps raw messages that could not be used, with their reason, in append-only files of an eighth of the limit each; when
/// the limit is passed the oldest file is dropped and its messages are counted as dropped. Written by the one consumer that
/// keeps the balance; listing is thread-safe.
/// </summary>
public sealed class Quarantine : IDisposable
{
    private const int Files = 8;
    private const int HeaderLength = 36;
    private const string Extension = ".quarantine";

    private readonly QuarantineOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<Chapter> _chapters = [];
    private readonly Dictionary<(string Source, QuarantineReason Reason, string Topic), Tally> _groups = [];
    private byte[] _record = new byte[1024];

    /// <summary>Opens the quarantine of a folder.</summary>
    public Quarantine(QuarantineOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Directory.CreateDirectory(options.Folder);
        foreach (string path in Directory.EnumerateFiles(options.Folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            _chapters.Add(Chapter.Open(path));
        }

        ReadDropped();
        Recount();
    }

    /// <summary>Messages kept.</summary>
    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _groups.Values.Sum(group => group.Count);
            }
        }
    }

    /// <summary>Messages that the limits of size and age have dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>What is kept, by source, reason and topic, most first.</summary>
    public IReadOnlyList<QuarantineGroup> Groups()
    {
        lock (_gate)
        {
            return [.. _groups
                .Where(group => group.Value.Count > 0)
                .Select(group => new QuarantineGroup(group.Key.Source, group.Key.Reason, group.Key.Topic, group.Value.Count, group.Value.First, group.Value.Last, group.Value.Detail))
                .OrderByDescending(group => group.Count)];
        }
    }

    /// <summary>
    /// Kept messages that match, oldest first, at most <paramref name="limit"/>, and no more once their payloads reach
    /// <paramref name="limitBytes"/>; the rest follow with <see cref="QuarantineFilter.After"/>.
    /// </summary>
    public IReadOnlyList<QuarantinedMessage> List(QuarantineFilter filter, int limit, long limitBytes = long.MaxValue)
    {
        List<QuarantinedMessage> found = [];
        lock (_gate)
        {
            foreach (QuarantinedMessage message in _chapters.SelectMany(chapter => chapter.Messages()).Where(filter.Matches))
            {
                if (found.Count >= limit || limitBytes <= 0)
                {
                    break;
                }

                found.Add(message);
                limitBytes -= message.Payload.Length;
            }
        }

        return found;
    }

    /// <summary>The oldest message of each topic that is kept for a reason; one pass over the files, which ends when all are found.</summary>
    public IReadOnlyList<QuarantinedMessage> Samples(QuarantineReason reason, IReadOnlySet<string> topics)
    {
        Dictionary<string, QuarantinedMessage> samples = new(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (QuarantinedMessage message in _chapters.SelectMany(chapter => chapter.Messages()))
            {
                if (samples.Count == topics.Count)
                {
                    break;
                }

                if (message.Reason == reason && topics.Contains(message.Topic))
                {
                    samples.TryAdd(message.Topic, message);
                }
            }
        }

        return [.. samples.Values];
    }

    /// <summary>The message of an id, or null when it is not (or no longer) kept.</summary>
    public QuarantinedMessage? Find(long id)
    {
        lock (_gate)
        {
            return _chapters.SelectMany(chapter => chapter.Messages()).FirstOrDefault(message => message.Id == id);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Chapter chapter in _chapters)
            {
                chapter.Dispose();
            }
        }
    }

    /// <summary>Where its files are.</summary>
    internal string Folder => _options.Folder;

    internal void Add(in JournalRecord message, string source, QuarantineReason reason, string detail)
    {
        lock (_gate)
        {
            byte[] sourceBytes = Encoding.UTF8.GetBytes(source);
            byte[] detailBytes = Encoding.UTF8.GetBytes(detail);
            int length = HeaderLength + sourceBytes.Length + detailBytes.Length + message.Topic.Length + message.Payload.Length;
            if (_record.Length < length)
            {
                _record = new byte[length * 2];
            }

            Span<byte> record = _record.AsSpan(0, length);
            BinaryPrimitives.WriteInt32LittleEndian(record, length);
            BinaryPrimitives.WriteInt64LittleEndian(record[8..], message.Position);
            BinaryPrimitives.WriteInt64LittleEndian(record[16..], message.ReceiveTime.Ticks);
            record[24] = (byte)reason;
            record[25] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(record[26..], (ushort)sourceBytes.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[28..], detailBytes.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[32..], message.Topic.Length);
            Span<byte> rest = record[HeaderLength..];
            sourceBytes.CopyTo(rest);
            detailBytes.CopyTo(rest = rest[sourceBytes.Length..]);
            message.Topic.CopyTo(rest = rest[detailBytes.Length..]);
            message.Payload.CopyTo(rest[message.Topic.Length..]);
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..], JournalFormat.Checksum(0, record[8..]));
            Room(message.Position).Append(record);
            Tell((source, reason, Encoding.UTF8.GetString(message.Topic)), message.ReceiveTime, detail);
        }
    }

    /// <summary>Makes what was added durable; before the cursor is committed.</summary>
    internal void Flush()
    {
        lock (_gate)
        {
            foreach (Chapter chapter in _chapters)
            {
                chapter.Flush();
            }
        }
    }

    /// <summary>Takes messages out: a replay has stored them, or a crash makes the consumer decode them again.</summary>
    internal void Release(IReadOnlySet<long> ids)
    {
        lock (_gate)
        {
            foreach (Chapter chapter in _chapters)
            {
                chapter.Release(ids);
            }

            Recount();
        }
    }

    /// <summary>After a restart: what lies behind the committed cursor will be decoded again.</summary>
    internal void ForgetFrom(long position)
    {
        HashSet<long> again;
        lock (_gate)
        {
            again = [.. _chapters.SelectMany(chapter => chapter.Messages()).Select(message => message.Id).Where(id => id >= position)];
        }

        if (again.Count > 0)
        {
            Release(again);
        }
    }

    private Chapter Room(long position)
    {
        long limit = _options.MaxBytes / Files;
        if (_chapters.Count == 0 || _chapters[^1].Length >= limit)
        {
            string name = position.ToString("D20", CultureInfo.InvariantCulture) + Extension;
            _chapters.Add(Chapter.Open(Path.Combine(_options.Folder, name)));
        }

        DateTime oldest = _time.GetUtcNow().UtcDateTime.AddDays(-_options.MaxAgeDays);
        while (_chapters.Count > 1 && (_chapters.Sum(chapter => chapter.Length) > _options.MaxBytes || _chapters[0].LastReceiveTime < oldest))
        {
            Drop(_chapters[0]);
        }

        return _chapters[^1];
    }

    private void Drop(Chapter chapter)
    {
        Dropped += chapter.Messages().Count();
        File.WriteAllText(DroppedPath, Dropped.ToString(CultureInfo.InvariantCulture));
        _chapters.Remove(chapter);
        chapter.Dispose();
        File.Delete(chapter.Path);
        Recount();
    }

    private string DroppedPath => Path.Combine(_options.Folder, "dropped");

    private void ReadDropped()
    {
        if (File.Exists(DroppedPath) && long.TryParse(File.ReadAllText(DroppedPath), NumberStyles.None, CultureInfo.InvariantCulture, out long dropped))
        {
            Dropped = dropped;
        }
    }

    private void Recount()
    {
        _groups.Clear();
        foreach (QuarantinedMessage message in _chapters.SelectMany(chapter => chapter.Messages()))
        {
            Tell((message.Source, message.Reason, message.Topic), message.ReceiveTime, message.Detail);
        }
    }

    private void Tell((string, QuarantineReason, string) key, DateTime receiveTime, string detail)
    {
        if (!_groups.TryGetValue(key, out Tally? tally))
        {
            // Endless different topics must not fill the memory: beyond this many groups they are counted together.
            if (_groups.Count >= 10_000)
            {
                key = (key.Item1, key.Item2, "(further topics)");
            }

            if (!_groups.TryGetValue(key, out tally))
            {
                _groups[key] = tally = new Tally { First = receiveTime };
            }
        }

        tally.Count++;
        tally.Last = receiveTime;
        tally.Detail = detail;
    }

    private sealed class Tally
    {
        public long Count { get; set; }

        public DateTime First { get; init; }

        public DateTime Last { get; set; }

        public string Detail { get; set; } = "";
    }
}
