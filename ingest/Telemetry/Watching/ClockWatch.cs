using Linewatch.Plants;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Watching;

/// <summary>A machine whose clock is off.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Behind">How far its clock is behind ours; negative = ahead.</param>
/// <param name="Since">Receive time since which it is known, UTC.</param>
public sealed record ClockFault(Machine Machine, TimeSpan Behind, DateTime Since);

/// <summary>
/// Compares machines' clocks with receive time. What the quickest message of a window took is how far the clock is off; a
/// stream counts as live when that stays the same from window to window, so late or recorded data, whose event time runs at
/// another speed, are not mistaken for a drifting clock. Readings of a machine whose clock is off by more than the plant file's
/// <c>clock.drift</c> are flagged; their event time stays, since an estimate that depends on what came before would give the
/// same message another identity when it is read again. Observed by one consumer; <see cref="Faults"/> may be asked from any thread.
/// </summary>
public sealed class ClockWatch
{
    private const int LeastMessages = 5;

    /// <summary>How much the offset may change within a window, as a share of it, in a live stream.</summary>
    private const double LiveChange = 0.1;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    private Plant? _plant;
    private Machine[] _machines = [];
    private int[] _machineOf = [];
    private Track[] _tracks = [];
    private volatile IReadOnlyList<ClockFault> _faults = [];

    /// <summary>The machines whose clocks are off now.</summary>
    public IReadOnlyList<ClockFault> Faults => _faults;

    /// <summary>Takes note of one message's readings, from an index of the batch on, and flags them where the clock is off.</summary>
    internal void Observe(ReadingBatch batch, int first, DateTime receiveTime)
    {
        if (!ReferenceEquals(batch.Plant, _plant))
        {
            Adopt(batch.Plant);
        }

        // The newest of a message's samples says how late the message is.
        ref readonly Reading newest = ref batch[batch.Count - 1];
        if ((newest.Flags & (ReadingFlags.Historical | ReadingFlags.Stale)) != 0)
        {
            return;
        }

        bool isAhead = (newest.Flags & ReadingFlags.ClockSuspect) != 0;
        if (!isAhead && (newest.Flags & ReadingFlags.ReceiveTimeUsed) != 0)
        {
            return;
        }

        int machine = _machineOf[newest.Signal.Index];
        ref Track track = ref _tracks[machine];
        TimeSpan behind = isAhead ? -_plant!.Clock.Tolerance : receiveTime - newest.EventTime;
        if (track.Count == 0 || receiveTime < track.Start)
        {
            track.Start = receiveTime;
            track.Count = 0;
        }

        track.Smallest = track.Count++ == 0 || behind < track.Smallest ? behind : track.Smallest;
        if (track.Count >= LeastMessages && receiveTime - track.Start >= Window)
        {
            Judge(ref track, machine, receiveTime);
        }

        if (track.Fault is not null)
        {
            for (int i = first; i < batch.Count; i++)
            {
                ref Reading reading = ref batch[i];
                reading = reading with { Flags = reading.Flags | ReadingFlags.ClockSuspect };
            }
        }
    }

    /// <summary>A window is over.</summary>
    private void Judge(ref Track track, int machine, DateTime receiveTime)
    {
        TimeSpan length = receiveTime - track.Start;
        bool isLive = track.Before is { } before && (track.Smallest - before).Duration() <= length * LiveChange;
        bool isOff = track.Smallest > _plant!.Clock.Drift || track.Smallest < TimeSpan.Zero - (_plant.Clock.Tolerance / 2);
        ClockFault? fault = isOff && isLive ? new ClockFault(_machines[machine], track.Smallest, track.Fault?.Since ?? receiveTime)
            : isOff ? track.Fault
            : null;
        track.Before = track.Smallest;
        track.Count = 0;
        if (fault != track.Fault)
        {
            track.Fault = fault;
            _faults = [.. _tracks.Select(one => one.Fault).OfType<ClockFault>()];
        }
    }

    private void Adopt(Plant plant)
    {
        Dictionary<(string Line, string Machine), Track> known = [];
        for (int i = 0; i < _machines.Length; i++)
        {
            if (_machines[i].Signals.Count > 0)
            {
                known[(_machines[i].Signals[0].Path.Line, _machines[i].Id)] = _tracks[i];
            }
        }

        _plant = plant;
        _machines = [.. plant.Lines.SelectMany(line => line.Machines)];
        _machineOf = new int[plant.Signals.Count];
        _tracks = new Track[_machines.Length];
        for (int i = 0; i < _machines.Length; i++)
        {
            foreach (Signal signal in _machines[i].Signals)
            {
                _machineOf[signal.Index] = i;
                _tracks[i] = known.GetValueOrDefault((signal.Path.Line, _machines[i].Id));
            }
        }
    }

    private struct Track
    {
        public DateTime Start;
        public int Count;
        public TimeSpan Smallest;
        public TimeSpan? Before;
        public ClockFault? Fault;
    }
}
