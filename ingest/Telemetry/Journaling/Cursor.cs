using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Linewatch.Telemetry.Journaling;

/// <summary>
/// A consumer's durable place in the journal, together with whatever state must never disagree with it. Two slot files take
/// turns: the newest with a right checksum holds, so a write torn by a crash leaves the one before. Not thread-safe.
/// </summary>
internal sealed class Cursor : IDisposable
{
    private const string Extension = ".cursor";

    // 0 crc32c of 4..end, 4 state length, 8 version, 16 position, 24 ordinal, 32 state
    private const int HeaderLength = 32;

    private readonly SafeFileHandle[] _slots;
    private byte[] _bytes = new byte[HeaderLength];
    private long _version;
    private int _slot;

    private Cursor(SafeFileHandle[] slots)
    {
        _slots = slots;
    }

    /// <summary>Whether nothing was ever committed.</summary>
    public bool IsNew => _version == 0;

    /// <summary>Everything before it is done.</summary>
    public long Position { get; private set; }

    /// <summary>Ordinal of the message at <see cref="Position"/>.</summary>
    public long Ordinal { get; private set; }

    /// <summary>The state last committed; empty for a new cursor.</summary>
    public byte[] State { get; private set; } = [];

    public static Cursor Open(string folder, string name)
    {
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_'))
        {
            throw new ArgumentException($"'{name}' cannot name a cursor; allowed: letters, digits, '-' and '_'", nameof(name));
        }

        Cursor cursor = new([.. Enumerable.Range(0, 2).Select(slot => File.OpenHandle(SlotPath(folder, name, slot), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read))]);
        cursor.Load();
        return cursor;
    }

    /// <summary>The names of all cursors that were ever opened in a folder and not forgotten.</summary>
    public static IEnumerable<string> All(string folder) => Directory.EnumerateFiles(folder, "*" + Extension + "0")
        .Select(path => Path.GetFileName(path)[..^(Extension.Length + 1)]);

    public static long ReadPosition(string folder, string name)
    {
        (long version, long position) best = (0, 0);
        for (int slot = 0; slot < 2; slot++)
        {
            string path = SlotPath(folder, name, slot);
            if (File.Exists(path) && TryParse(File.ReadAllBytes(path), out long version, out long position, out _, out _) && version > best.version)
            {
                best = (version, position);
            }
        }

        return best.position;
    }

    public static void Delete(string folder, string name)
    {
        File.Delete(SlotPath(folder, name, 0));
        File.Delete(SlotPath(folder, name, 1));
    }

    /// <summary>Writes place and state; when <paramref name="sync"/>, they also survive a power failure.</summary>
    public void Commit(long position, long ordinal, ReadOnlySpan<byte> state, bool sync)
    {
        int length = HeaderLength + state.Length;
        if (_bytes.Length < length)
        {
            _bytes = new byte[length * 2];
        }

        Span<byte> bytes = _bytes.AsSpan(0, length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], state.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], ++_version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], ordinal);
        state.CopyTo(bytes[HeaderLength..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, JournalFormat.Checksum(0, bytes[4..]));
        RandomAccess.Write(_slots[_slot], bytes, 0);
        Position = position;
        Ordinal = ordinal;

        // The other slot is never touched before this one is on the disk.
        if (sync)
        {
            RandomAccess.FlushToDisk(_slots[_slot]);
            _slot ^= 1;
        }
    }

    public void Dispose()
    {
        foreach (SafeFileHandle slot in _slots)
        {
            slot.Dispose();
        }
    }

    private void Load()
    {
        for (int slot = 0; slot < 2; slot++)
        {
            byte[] bytes = new byte[RandomAccess.GetLength(_slots[slot])];
            int read = RandomAccess.Read(_slots[slot], bytes, 0);
            if (TryParse(bytes.AsSpan(0, read), out long version, out long position, out long ordinal, out byte[] state) && version > _version)
            {
                (_version, Position, Ordinal, State) = (version, position, ordinal, state);
                _slot = slot ^ 1;
            }
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> bytes, out long version, out long position, out long ordinal, out byte[] state)
    {
        version = position = ordinal = 0;
        state = [];
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (length < 0 || length > bytes.Length - HeaderLength
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != JournalFormat.Checksum(0, bytes[4..(HeaderLength + length)]))
        {
            return false;
        }

        version = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        position = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        ordinal = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        state = bytes.Slice(HeaderLength, length).ToArray();
        return true;
    }

    private static string SlotPath(string folder, string name, int slot) =>
        Path.Combine(folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}{Extension}{slot}"));
}
