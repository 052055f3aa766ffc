using System.Runtime.InteropServices;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Storage;

/// <summary>
/// Tells a reading that was delivered twice from one that really happened twice. Series and event time identify a
/// reading, so a redelivered message writes what is there already; but a machine whose clock was set back, or that
/// changes twice within its clock's resolution, has different values at one event time, and both are kept: the later
/// one gets the next <see cref="Reading.Repeat"/>. The answer is the same however often the messages are replayed,
/// because what memory does not hold is looked up in the store.
/// </summary>
/// <remarks>
/// Not thread-safe: one recogniser stands before one writer. Memory: <see cref="Remembered"/> readings a signal. A reading
/// newer than every earlier one of its signal, which nearly all are, costs one comparison.
/// </remarks>
public sealed class RepeatRecogniser(IReadingStore store)
{
    /// <summary>How many written readings of a signal are remembered; an older event time is looked up in the store.</summary>
    private const int Remembered = 16;

    /// <summary>By the signal's number in its plant; a place taken by a signal of another plant is learnt anew.</summary>
    private Recent?[] _recent = [];

    /// <summary>
    /// Sets <see cref="Reading.Repeat"/> in a batch that is about to be written. Everything handed to earlier calls must
    /// have been written. Returns how many readings were already known: duplicates.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked; call again with the same batch.</exception>
    public async ValueTask<int> RecogniseAsync(Memory<Reading> readings, CancellationToken cancellationToken)
    {
        await LearnNewSignalsAsync(readings, cancellationToken);
        Dictionary<int, ILookup<DateTime, Sample>> stored = await LookUpAsync(Forgotten(readings.Span), cancellationToken);
        return Recognise(readings.Span, stored);
    }

    private int Recognise(Span<Reading> readings, Dictionary<int, ILookup<DateTime, Sample>> stored)
    {
        int duplicates = 0;
        List<Recent> touched = [];
        foreach (ref Reading reading in readings)
        {
            Recent recent = _recent[reading.Signal.Index]!;
            if (recent.BeginBatch())
            {
                touched.Add(recent);
            }

            if (reading.EventTime <= recent.Newest)
            {
                (int repeat, bool known) = Find(recent, reading, stored);
                reading = reading with { Repeat = repeat };
                if (known)
                {
                    duplicates++;
                    continue;
                }
            }

            recent.Remember(reading);
        }

        touched.ForEach(static recent => recent.EndBatch());
        return duplicates;
    }

    /// <summary>Event times, by signal, at which the store may have what is not remembered; usually none.</summary>
    private Dictionary<int, SortedSet<DateTime>> Forgotten(ReadOnlySpan<Reading> readings)
    {
        Dictionary<int, SortedSet<DateTime>> times = [];
        foreach (ref readonly Reading reading in readings)
        {
            int signal = reading.Signal.Index;
            if (reading.EventTime <= _recent[signal]!.ForgottenThrough)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(times, signal, out _) ??= []).Add(reading.EventTime);
            }
        }

        return times;
    }

    private async ValueTask<Dictionary<int, ILookup<DateTime, Sample>>> LookUpAsync(Dictionary<int, SortedSet<DateTime>> times, CancellationToken cancellationToken)
    {
        if (times.Count == 0)
        {
            return [];
        }

        int[] signals = [.. times.Keys];
        IReadOnlyList<IReadOnlyList<Sample>> samples = await store.SamplesAtAsync(
            [.. signals.Select(signal => new SignalTimes(_recent[signal]!.Signal.Path, [.. times[signal]]))], cancellationToken);
        return signals.Zip(samples).ToDictionary(pair => pair.First, pair => pair.Second.ToLookup(sample => sample.EventTime));
    }

    private bool IsKnown(Signal signal) =>
        (uint)signal.Index < (uint)_recent.Length && _recent[signal.Index] is { } recent && ReferenceEquals(recent.Signal, signal);

    private async ValueTask LearnNewSignalsAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken)
    {
        List<Signal>? unknown = null;
        foreach (ref readonly Reading reading in readings.Span)
        {
            if (!IsKnown(reading.Signal))
            {
                (unknown ??= []).Add(reading.Signal);
            }
        }

        if (unknown is null)
        {
            return;
        }

        // After a start every signal is new: one question after the other would hold a large plant up for minutes.
        Signal[] fresh = [.. unknown.Distinct()];
        IReadOnlyList<DateTime?> newest = await store.NewestAsync([.. fresh.Select(signal => signal.Path)], cancellationToken);
        int signals = fresh.Max(signal => signal.Index) + 1;
        if (signals > _recent.Length)
        {
            Array.Resize(ref _recent, Math.Max(signals, 2 * _recent.Length));
        }

        for (int i = 0; i < fresh.Length; i++)
        {
            _recent[fresh[i].Index] = new Recent(fresh[i], newest[i] ?? DateTime.MinValue);
        }
    }

    private static (int Repeat, bool Known) Find(Recent recent, in Reading reading, Dictionary<int, ILookup<DateTime, Sample>> stored)
    {
        int next = 0;
        foreach (ref readonly Sample other in recent.Readings)
        {
            if (other.EventTime == reading.EventTime)
            {
                if (SameValue(other, reading))
                {
                    return (other.Repeat, true);
                }

                next = Math.Max(next, other.Repeat + 1);
            }
        }

        if (stored.TryGetValue(reading.Signal.Index, out ILookup<DateTime, Sample>? samples))
        {
            foreach (Sample other in samples[reading.EventTime])
            {
                if (SameValue(other, reading))
                {
                    return (other.Repeat, true);
                }

                next = Math.Max(next, other.Repeat + 1);
            }
        }

        return (next, false);
    }

    private static bool SameValue(in Sample sample, in Reading reading) =>
        sample.Value.Equals(reading.Value) && string.Equals(sample.Text, reading.Text, StringComparison.Ordinal);

    private sealed class Recent(Signal signal, DateTime newestStored)
    {
        /// <summary>Readings handed on lately, in order of arrival: <see cref="_count"/> from <see cref="_start"/> on.</summary>
        private Sample[] _readings = new Sample[Remembered * 3 / 2];
        private int _start;
        private int _count;
        private int _beforeBatch = -1;

        public Signal Signal => signal;

        public ReadOnlySpan<Sample> Readings => _readings.AsSpan(_start, _count);

        public DateTime Newest { get; private set; } = newestStored;

        /// <summary>Readings at or before this event time may be in the store without being remembered.</summary>
        public DateTime ForgottenThrough { get; private set; } = newestStored;

        /// <summary>True for the first reading of the signal in a batch.</summary>
        public bool BeginBatch()
        {
            if (_beforeBatch >= 0)
            {
                return false;
            }

            _beforeBatch = _count;
            return true;
        }

        public void Remember(in Reading reading)
        {
            if (_start + _count == _readings.Length)
            {
                // Move to the front where that frees a quarter of the places, else grow.
                Sample[] to = _count > _readings.Length * 3 / 4 ? new Sample[_readings.Length * 2] : _readings;
                Array.Copy(_readings, _start, to, 0, _count);
                (_readings, _start) = (to, 0);
            }

            _readings[_start + _count++] = new Sample(reading.EventTime, reading.Value, reading.Text, reading.Repeat);
            Newest = reading.EventTime > Newest ? reading.EventTime : Newest;
        }

        /// <summary>
        /// Keeps the batch, which is not yet written, and only the newest of what was there before it and is in the store.
        /// </summary>
        public void EndBatch()
        {
            int excess = Math.Min(_beforeBatch, _count - Remembered);
            _beforeBatch = -1;
            for (; excess > 0; excess--, _count--)
            {
                DateTime forgotten = _readings[_start++].EventTime;
                ForgottenThrough = forgotten > ForgottenThrough ? forgotten : ForgottenThrough;
            }

            if (_readings.Length > 16 * Remembered && _count <= 2 * Remembered)
            {
                // One signal's burst must not keep its memory for ever.
                _readings = [.. Readings, .. new Sample[Remembered]];
                _start = 0;
            }
        }
    }
}
