namespace Linewatch.Telemetry.Sparkplug;

/// <summary>
/// The seq numbers of one node (0–255, wrapping, shared by the node and its devices). A gap may close within the reorder
/// timeout; when it does not, messages are lost and the node must be asked to be born again. Times are receive times.
/// Sparkplug 3.0 ch. 5, "Reorder Timeout". Not thread-safe.
/// </summary>
internal sealed class SequenceCheck
{
    private readonly HashSet<byte> _missing = [];
    private int _expected = -1;
    private DateTime _gapSince;

    /// <summary>Whether a gap is open.</summary>
    public bool HasGap => _missing.Count > 0;

    /// <summary>Begins anew with a birth.</summary>
    public void Restart(byte sequence)
    {
        _missing.Clear();
        _expected = (byte)(sequence + 1);
    }

    /// <summary>Takes the next message's number; true when an open gap has lasted longer than the timeout.</summary>
    public bool Take(byte sequence, DateTime receiveTime, TimeSpan reorderTimeout)
    {
        if (_expected < 0)
        {
            // Nothing is known before the first birth; the data say so themselves.
            _expected = (byte)(sequence + 1);
            return false;
        }

        if (_missing.Remove(sequence))
        {
            return HasGap && receiveTime - _gapSince > reorderTimeout;
        }

        byte expected = (byte)_expected;
        int ahead = (byte)(sequence - expected);
        if (ahead is > 0 and < 128)
        {
            if (!HasGap)
            {
                _gapSince = receiveTime;
            }

            for (int i = 0; i < ahead; i++)
            {
                _missing.Add((byte)(expected + i));
            }
        }

        if (ahead < 128)
        {
            _expected = (byte)(sequence + 1);
        }

        return HasGap && receiveTime - _gapSince > reorderTimeout;
    }

    /// <summary>Forgets an open gap: the rebirth that was asked for makes it good.</summary>
    public void Forgive() => _missing.Clear();
}
