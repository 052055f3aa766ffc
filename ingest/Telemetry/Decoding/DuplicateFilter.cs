using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Recognises a message that is delivered a second time. Two generations of hashes of topic and payload remember at least
/// <see cref="Capacity"/> messages. A message with a time of its own is a duplicate when the same bytes came before: the
/// same instant cannot be measured twice. One without is a duplicate only when its sender marked it as a redelivery:
/// a machine may well publish the same value again. Not thread-safe.
/// </summary>
internal sealed class DuplicateFilter
{
    /// <summary>Messages remembered at least; a window of 10 s at 13,000 messages a second, 3 MiB.</summary>
    public const int Capacity = 131072;

    private readonly ulong _seed = 0x5EED;
    private HashSet<ulong> _young = new(Capacity);
    private HashSet<ulong> _old = new(Capacity);

    /// <summary>Remembers the message; true when it was already known.</summary>
    public bool Remember(in JournalRecord message)
    {
        ulong key = Utf8Comparer.Hash(Utf8Comparer.Hash(_seed, message.Topic), message.Payload);
        if (_old.Contains(key))
        {
            return true;
        }

        if (!_young.Add(key))
        {
            return true;
        }

        if (_young.Count >= Capacity)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        return false;
    }
}
