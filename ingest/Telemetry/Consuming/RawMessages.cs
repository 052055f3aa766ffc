using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Consuming;

/// <summary>Finds messages in the journal again by their positions; quick when they are asked for in order. Not thread-safe.</summary>
internal sealed class RawMessages(Journal journal) : IDisposable
{
    private const int ReadBytes = 256 << 10;

    private JournalReader? _scan;

    /// <summary>The message at a position; valid until the next call.</summary>
    public bool TryFind(long position, out JournalRecord message)
    {
        if (_scan is null || position < _scan.Position || position > _scan.Position + ReadBytes)
        {
            _scan?.Dispose();
            _scan = journal.OpenScan(position);
            _scan.Seek(position);
        }

        while (true)
        {
            if (_scan.TryRead(out message))
            {
                if (message.Position >= position)
                {
                    return message.Position == position;
                }
            }
            else if (!_scan.TryLoad(ReadBytes))
            {
                return false;
            }
        }
    }

    public void Dispose() => _scan?.Dispose();
}
