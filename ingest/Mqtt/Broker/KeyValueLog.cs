using System.Buffers.Binary;
using System.Numerics;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// A small durable map: every change is appended to one file, each record with its length and CRC-32C; a torn tail is cut
/// on opening, a file that is mostly dead is rewritten. What is committed survives the death of the process; with
/// <c>sync</c> also that of the machine. Thread-safe.
/// </summary>
internal sealed class KeyValueLog : IDisposable
{
    private const int RecordHeader = 12;
    private const long RewriteFrom = 16 * 1024 * 1024;

    private readonly Dictionary<byte[], byte[]> _live = new(TopicBytes.Comparer);
    private readonly PacketBuffer _pending = new();
    private readonly string _path;
    private readonly bool _sync;
    private FileStream _file;
    private long _liveBytes;

    /// <summary>Opens or creates the file and reads what it holds.</summary>
    /// <exception cref="IOException">The file cannot be opened or is in use by another broker.</exception>
    public KeyValueLog(string path, bool sync)
    {
        _path = path;
        _sync = sync;
        _file = Open(path);
        Load();
    }

    /// <summary>Held during every change; who holds it makes several changes one, for no commit comes between.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Bytes that opening had to cut off; 0 after a clean end.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Every entry, as a copy.</summary>
    public List<KeyValuePair<byte[], byte[]>> Entries()
    {
        lock (Gate)
        {
            return [.. _live];
        }
    }

    /// <summary>Sets a value; durable after <see cref="Commit"/>.</summary>
    public void Put(byte[] key, byte[] value)
    {
        lock (Gate)
        {
            Append(_pending, key, value);
            Apply(key, value);
        }
    }

    /// <summary>Removes a key; durable after <see cref="Commit"/>.</summary>
    public void Delete(byte[] key)
    {
        lock (Gate)
        {
            if (_live.ContainsKey(key))
            {
                Append(_pending, key, null);
                Apply(key, null);
            }
        }
    }

    /// <summary>Writes every change so far to the file.</summary>
    public void Commit()
    {
        lock (Gate)
        {
            if (_pending.Length == 0)
            {
                return;
            }

            _file.Write(_pending.Written);
            _file.Flush(_sync);
            _pending.Clear();
            if (_file.Length > RewriteFrom && _file.Length > 4 * _liveBytes)
            {
                Rewrite();
            }
        }
    }

    public void Dispose()
    {
        Commit();
        lock (Gate)
        {
            _file.Dispose();
            _pending.Release();
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    private void Load()
    {
        byte[] all = new byte[_file.Length];
        _file.ReadExactly(all);
        int position = 0;
        while (TryRead(all.AsSpan(position), out byte[] key, out byte[]? value, out int size))
        {
            Apply(key, value);
            position += size;
        }

        TornBytes = all.Length - position;
        _file.SetLength(position);
        _file.Position = position;
    }

    private void Rewrite()
    {
        string temporary = _path + ".new";
        using (FileStream target = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            foreach ((byte[] key, byte[] value) in _live)
            {
                Append(_pending, key, value);
                if (_pending.Length > 1024 * 1024)
                {
                    target.Write(_pending.Written);
                    _pending.Clear();
                }
            }

            target.Write(_pending.Written);
            target.Flush(flushToDisk: true);
            _pending.Clear();
        }

        _file.Dispose();
        File.Move(temporary, _path, overwrite: true);
        _file = Open(_path);
        _file.Position = _file.Length;
    }

    private void Apply(byte[] key, byte[]? value)
    {
        if (_live.Remove(key, out byte[]? old))
        {
            _liveBytes -= RecordHeader + key.Length + old.Length;
        }

        if (value is not null)
        {
            _live[key] = value;
            _liveBytes += RecordHeader + key.Length + value.Length;
        }
    }

    /// <summary>Record: CRC of the rest (4), key length (4), value length or −1 for removal (4), key, value.</summary>
    private static void Append(PacketBuffer buffer, ReadOnlySpan<byte> key, byte[]? value)
    {
        Span<byte> record = buffer.Reserve(RecordHeader + key.Length + (value?.Length ?? 0));
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], value?.Length ?? -1);
        key.CopyTo(record[RecordHeader..]);
        value?.CopyTo(record[(RecordHeader + key.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc(record[4..]));
    }

    private static bool TryRead(ReadOnlySpan<byte> rest, out byte[] key, out byte[]? value, out int size)
    {
        key = [];
        value = null;
        size = 0;
        if (rest.Length < RecordHeader)
        {
            return false;
        }

        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        int valueLength = BinaryPrimitives.ReadInt32LittleEndian(rest[8..]);
        long total = (long)RecordHeader + keyLength + Math.Max(valueLength, 0);
        if (keyLength < 0 || valueLength < -1 || total > rest.Length
            || Crc(rest[4..(int)total]) != BinaryPrimitives.ReadUInt32LittleEndian(rest))
        {
            return false;
        }

        size = (int)total;
        key = rest.Slice(RecordHeader, keyLength).ToArray();
        value = valueLength < 0 ? null : rest.Slice(RecordHeader + keyLength, valueLength).ToArray();
        return true;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
