using Linewatch.Plants;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Consuming;

/// <summary>
/// The newest stretches of the journal as decoded, so that consumers which are about as far decode each message once between
/// them. What a message says by itself is the same for all of them; duplicates, clocks and deadbands are each consumer's own.
/// A consumer that is far behind decodes for itself. Thread-safe.
/// </summary>
internal sealed class DecodedStretches
{
    /// <summary>Messages of one stretch: few enough for a consumer that waits for it, enough to make finding it cheap.</summary>
    private const int MostMessages = 2_048;
    private const int MostReadings = 8_192;
    private const int ReadBytes = 1 << 20;

    /// <summary>Places for readings that are kept: about 100,000 messages of four numbers, some seconds of a large plant, in 30 MB.</summary>
    private const int MostKept = 600_000;
    private const int MostFree = 16;

    /// <summary>With so much to read a stretch gets memory that was used before; less is given memory of its own size.</summary>
    private const int ManyBytes = 64 << 10;

    private readonly object _gate = new();
    private readonly Dictionary<long, DecodedStretch> _kept = [];
    private readonly Queue<DecodedStretch> _byAge = [];
    private readonly HashSet<long> _underWay = [];
    private readonly Stack<DecodedStretch> _free = [];
    private int _consumers;
    private int _keptPlaces;
    private long _newest;

    /// <summary>Says that a consumer will ask; with one alone nothing is kept.</summary>
    public void Join() => Interlocked.Increment(ref _consumers);

    /// <summary>
    /// The next stretch from a reader's position on; null when nothing is there. Waits while another consumer decodes it.
    /// The reader stays where it is or goes to the stretch's end. Give it back with <see cref="Return"/>.
    /// </summary>
    public DecodedStretch? Next(JournalReader reader, MessageDecoder decoder)
    {
        long from = reader.Position;
        if (_consumers < 2 || decoder.DependsOnHistory)
        {
            return Decode(reader, decoder, long.MaxValue);
        }

        long until = long.MaxValue;
        lock (_gate)
        {
            while (true)
            {
                if (_kept.TryGetValue(from, out DecodedStretch? known) && ReferenceEquals(known.Plant, decoder.Plant))
                {
                    known.Users++;
                    return known;
                }

                if (_underWay.Add(from))
                {
                    break;
                }

                Monitor.Wait(_gate);
            }

            // From the next one that is kept on, the work is done already. Mostly there is none: this is the newest.
            if (from < _newest)
            {
                foreach (long begin in _kept.Keys)
                {
                    until = begin > from && begin < until ? begin : until;
                }
            }
        }

        DecodedStretch? decoded = null;
        try
        {
            return decoded = Decode(reader, decoder, until);
        }
        finally
        {
            lock (_gate)
            {
                _underWay.Remove(from);
                if (decoded is not null)
                {
                    Keep(decoded);
                }

                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Says that a consumer is done with a stretch.</summary>
    public void Return(DecodedStretch stretch)
    {
        lock (_gate)
        {
            stretch.Users--;
            Recycle(stretch);
        }
    }

    private DecodedStretch? Decode(JournalReader reader, MessageDecoder decoder, long until)
    {
        long from = reader.Position;
        DecodedStretch stretch = Empty(decoder.Plant, reader.Unread >= ManyBytes);
        stretch.Begin(decoder.Plant, from);
        bool hasLoaded = false;
        while (reader.Position < until && stretch.Messages.Length < MostMessages && stretch.Readings.Count < MostReadings)
        {
            if (reader.TryRead(out JournalRecord message))
            {
                decoder.Read(message, stretch);
            }
            else if (hasLoaded || !(hasLoaded = reader.TryLoad(ReadBytes)))
            {
                break;
            }
        }

        stretch.Through = reader.Position;
        if (stretch.Through > from)
        {
            return stretch;
        }

        Return(stretch);
        return null;
    }

    private DecodedStretch Empty(Plant plant, bool isLarge)
    {
        DecodedStretch? stretch = null;
        if (isLarge)
        {
            lock (_gate)
            {
                _ = _free.TryPop(out stretch);
            }
        }

        stretch ??= new DecodedStretch(plant, isLarge ? MostReadings : 16);
        stretch.Users = 1;
        return stretch;
    }

    private void Keep(DecodedStretch stretch)
    {
        // One of a plant that was replaced is no longer found, and goes with the oldest.
        _kept[stretch.From] = stretch;
        _newest = Math.Max(_newest, stretch.From);
        _byAge.Enqueue(stretch);
        stretch.IsKept = true;
        _keptPlaces += stretch.Places;
        while (_keptPlaces > MostKept)
        {
            DecodedStretch oldest = _byAge.Dequeue();
            _keptPlaces -= oldest.Places;
            oldest.IsKept = false;
            if (_kept.TryGetValue(oldest.From, out DecodedStretch? found) && found == oldest)
            {
                _kept.Remove(oldest.From);
            }

            Recycle(oldest);
        }
    }

    /// <summary>Nobody reads it and nobody will find it: its memory serves another stretch.</summary>
    private void Recycle(DecodedStretch stretch)
    {
        if (stretch is { Users: 0, IsKept: false, Places: >= MostReadings } && _free.Count < MostFree)
        {
            _free.Push(stretch);
        }
    }
}
