using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Drops readings that differ from the last one kept by less than the signal's deadband, but keeps at least one in
/// a heartbeat, so that absence still means silence. Not thread-safe.
/// </summary>
internal sealed class Deadband(Plant plant)
{
    /// <summary>Longest stretch of event time without a kept reading, unless the signal may be silent for less than twice that.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(1);

    private readonly (DateTime EventTime, double Value)[] _kept = new (DateTime, double)[plant.Signals.Count];

    /// <summary>Whether a reading says nothing new.</summary>
    public bool Drops(in Reading reading)
    {
        Signal signal = reading.Signal;
        if (signal.Deadband == 0 || (reading.Flags & ~ReadingFlags.ReceiveTimeUsed) != 0 || double.IsNaN(reading.Value))
        {
            return false;
        }

        ref (DateTime EventTime, double Value) kept = ref _kept[signal.Index];
        if (kept.EventTime != default
            && Math.Abs(reading.Value - kept.Value) < signal.Deadband
            && (reading.EventTime - kept.EventTime).Duration() < HeartbeatOf(signal))
        {
            return true;
        }

        kept = (reading.EventTime, reading.Value);
        return false;
    }

    /// <summary>Takes the readings that say nothing new out of a batch, from an index on.</summary>
    public void Thin(ReadingBatch batch, int first)
    {
        int kept = first;
        for (int i = first; i < batch.Count; i++)
        {
            if (!Drops(batch[i]))
            {
                batch[kept++] = batch[i];
            }
        }

        batch.Truncate(kept);
    }

    private TimeSpan HeartbeatOf(Signal signal)
    {
        TimeSpan half = (signal.SilentAfter ?? plant.SilentAfter) / 2;
        return half < Heartbeat ? half : Heartbeat;
    }
}
