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

    /// <summary>Questions to the store at once.</summary>
    private const int Questions = 8;

    private readonly Dictionary<Signal, Recent> _recent = [];

    /// <summary>
    /// Sets <see cref="Reading.Repeat"/> in a batch that is about to be written. Everything handed to earlier calls must
    /// have been written. Returns how many readings were already known: duplicates.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked; call again with the same batch.</exception>
    public async ValueTask<int> RecogniseAsync(Memory<Reading> readings, CancellationToken cancellationToken)
    {
        await LearnNewSignalsAsync(readings, cancellationToken);
        List<Recent> touched = [];
        try
        {
            return await RecogniseAsync(readings, touched, cancellationToken);
        }
        catch
        {
            touched.ForEach(recent => recent.ForgetBatch());
            throw;
        }
        finally
        {
            touched.ForEach(recent => recent.EndBatch(Remembered));
        }
    }

    private async ValueTask<int> RecogniseAsync(Memory<Reading> readings, List<Recent> touched, CancellationToken cancellationToken)
    {
        int duplicates = 0;
        for (int i = 0; i < readings.Length; i++)
        {
            Reading reading = readings.Span[i];
            Recent recent = _recent[reading.Signal];
            if (recent.BeginBatch())
            {
                touched.Add(recent);
            }

            if (reading.EventTime <= recent.Newest)
            {
                (int repeat, bool known) = await FindAsync(recent, reading, cancellationToken);
                reading = reading with { Repeat = repeat };
                readings.Span[i] = reading;
                if (known)
                {
                    duplicates++;
                    continue;
                }
            }

            recent.Remember(reading);
        }

        return duplicates;
    }

    private async ValueTask LearnNewSignalsAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken)
    {
        List<Signal>? unknown = null;
        foreach (ref readonly Reading reading in readings.Span)
        {
            if (!_recent.ContainsKey(reading.Signal))
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
        DateTime[] newest = new DateTime[fresh.Length];
        ParallelOptions several = new() { MaxDegreeOfParallelism = Questions, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, fresh.Length, several, async (i, cancelled) =>
            newest[i] = (await store.LastAsync(fresh[i].Path, DateTime.MaxValue, cancelled))?.EventTime ?? DateTime.MinValue);
        for (int i = 0; i < fresh.Length; i++)
        {
            _recent[fresh[i]] = new Recent(newest[i]);
        }
    }

    private async ValueTask<(int Repeat, bool Known)> FindAsync(Recent recent, Reading reading, CancellationToken cancellationToken)
    {
        int next = 0;
        foreach (Reading other in recent.Readings)
        {
            if (other.EventTime == reading.EventTime)
            {
                if (SameValue(other.Value, other.Text, reading))
                {
                    return (other.Repeat, true);
                }

                next = Math.Max(next, other.Repeat + 1);
            }
        }

        if (reading.EventTime <= recent.ForgottenThrough)
        {
            await foreach (Sample sample in store.RangeAsync(
                reading.Signal.Path, reading.EventTime, reading.EventTime.AddTicks(1), StorableReading.MaximumRepeats + 1, cancellationToken))
            {
                if (SameValue(sample.Value, sample.Text, reading))
                {
                    return (sample.Repeat, true);
                }

                next = Math.Max(next, sample.Repeat + 1);
            }
        }

        return (next, false);
    }

    private static bool SameValue(double value, string? text, in Reading reading) =>
        value.Equals(reading.Value) && string.Equals(text, reading.Text, StringComparison.Ordinal);

    private sealed class Recent(DateTime newestStored)
    {
        private int _beforeBatch = -1;
        private DateTime _newestBeforeBatch;

        /// <summary>Readings handed on lately, in order of arrival.</summary>
        public List<Reading> Readings { get; } = [];

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

            _beforeBatch = Readings.Count;
            _newestBeforeBatch = Newest;
            return true;
        }

        public void Remember(in Reading reading)
        {
            Readings.Add(reading);
            Newest = reading.EventTime > Newest ? reading.EventTime : Newest;
        }

        /// <summary>Undoes the batch: it will be handed over again.</summary>
        public void ForgetBatch()
        {
            Readings.RemoveRange(_beforeBatch, Readings.Count - _beforeBatch);
            Newest = _newestBeforeBatch;
        }

        /// <summary>
        /// Keeps the batch, which is not yet written, and only the newest of what was there before it and is in the store.
        /// </summary>
        public void EndBatch(int keep)
        {
            int excess = Math.Min(_beforeBatch, Readings.Count - keep);
            _beforeBatch = -1;
            if (excess > 0)
            {
                foreach (Reading forgotten in Readings.Take(excess))
                {
                    ForgottenThrough = forgotten.EventTime > ForgottenThrough ? forgotten.EventTime : ForgottenThrough;
                }

                Readings.RemoveRange(0, excess);
            }
        }
    }
}
