using Linewatch.Plants;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Watching;

/// <summary>
/// Notices signals that fell silent or are stuck, on receive time. States, texts and codes change when they change, so they
/// are silent only where the plant file sets <c>silentAfter</c> for them. Observed by one consumer; <see cref="Faults"/> may be
/// asked from any thread.
/// </summary>
public sealed class SilenceWatch
{
    private readonly Lock _gate = new();
    private Plant _plant;
    private Heard[] _heard;

    /// <summary>A watch over a plant's signals.</summary>
    public SilenceWatch(Plant plant)
    {
        _plant = plant;
        _heard = new Heard[plant.Signals.Count];
    }

    /// <summary>Takes note of a batch.</summary>
    public void Observe(ReadingBatch batch)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(batch.Plant, _plant))
            {
                Adopt(batch.Plant);
            }

            foreach (ref readonly Reading reading in batch.Readings.Span)
            {
                ref Heard heard = ref _heard[reading.Signal.Index];
                heard.Last = batch.LastReceiveTime;
                if ((reading.Flags & ReadingFlags.Stale) != 0)
                {
                    // Said to be away: that is not silence.
                    heard = default;
                }
                else if (heard.Value != reading.Value || heard.Same == default)
                {
                    heard.Value = reading.Value;
                    heard.Same = batch.LastReceiveTime;
                }
            }
        }
    }

    /// <summary>Whether anything of a signal was heard since the start of the process; false once its source said that it is away.</summary>
    public bool IsHeard(Signal signal)
    {
        lock (_gate)
        {
            return _plant.TryGetSignal(signal.Path.ToString(), out Signal? known) && _heard[known.Index].Last != default;
        }
    }

    /// <summary>The signals that are silent or stuck at a time of the receiver's clock.</summary>
    public IReadOnlyList<SignalFault> Faults(DateTime now)
    {
        List<SignalFault> faults = [];
        lock (_gate)
        {
            foreach (Machine machine in _plant.Lines.SelectMany(line => line.Machines))
            {
                AddFaults(machine, now, faults);
            }
        }

        return faults;
    }

    private void AddFaults(Machine machine, DateTime now, List<SignalFault> faults)
    {
        Signal[] known = [.. machine.Signals.Where(signal => _heard[signal.Index].Last != default)];
        if (known.Length == 0)
        {
            return;
        }

        Signal latest = known.MaxBy(signal => _heard[signal.Index].Last)!;
        DateTime last = _heard[latest.Index].Last;
        if (now - last > known.Min(signal => signal.SilentAfter ?? _plant.SilentAfter))
        {
            faults.Add(new SignalFault(latest, SignalFaultKind.Silent, last, WholeMachine: true));
            return;
        }

        foreach (Signal signal in known)
        {
            Heard heard = _heard[signal.Index];
            TimeSpan? silentAfter = signal.SilentAfter ?? (signal.Role == SignalRole.Process ? _plant.SilentAfter : null);
            if (now - heard.Last > silentAfter)
            {
                faults.Add(new SignalFault(signal, SignalFaultKind.Silent, heard.Last, WholeMachine: false));
            }
            else if (heard.Last - heard.Same > signal.StuckAfter)
            {
                faults.Add(new SignalFault(signal, SignalFaultKind.Stuck, heard.Same, WholeMachine: false));
            }
        }
    }

    private void Adopt(Plant plant)
    {
        Heard[] heard = new Heard[plant.Signals.Count];
        foreach (Signal signal in _plant.Signals)
        {
            if (plant.TryGetSignal(signal.Path.ToString(), out Signal? same))
            {
                heard[same.Index] = _heard[signal.Index];
            }
        }

        _plant = plant;
        _heard = heard;
    }

    private struct Heard
    {
        public DateTime Last;
        public DateTime Same;
        public double Value;
    }
}
