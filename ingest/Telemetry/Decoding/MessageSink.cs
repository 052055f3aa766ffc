using System.Globalization;
using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Takes what a decoder finds in one message, checks it, and puts the good into a batch. The first thing that is wrong is
/// kept as the message's reason. Reused from message to message. Not thread-safe.
/// </summary>
internal sealed class MessageSink
{
    private const double SmallestFloat = 1.1754944e-38;

    private int _first;
    private DateTime _eventTime;
    private ReadingFlags _flags;

    public ReadingBatch Batch { get; private set; } = null!;

    public Plant Plant { get; private set; } = null!;

    public DateTime ReceiveTime { get; private set; }

    public QuarantineReason Reason { get; private set; }

    /// <summary>What exactly was found; only set when <see cref="Reason"/> is.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>Readings of this message so far.</summary>
    public int Count => Batch.Count - _first;

    public void Begin(ReadingBatch batch, Plant plant, DateTime receiveTime)
    {
        Batch = batch;
        Plant = plant;
        _first = batch.Count;
        ReceiveTime = receiveTime;
        Reason = QuarantineReason.None;
        Detail = "";
        TryUseTime(null);
    }

    /// <summary>Forgets all of the message: it is read again from its beginning.</summary>
    public void Restart()
    {
        Discard();
        Begin(Batch, Plant, ReceiveTime);
    }

    /// <summary>The reading added last.</summary>
    public ref Reading Last => ref Batch[Batch.Count - 1];

    /// <summary>Takes back the reading added last.</summary>
    public void DropLast() => Batch.Truncate(Batch.Count - 1);

    public void Refuse(QuarantineReason reason, string detail)
    {
        if (Reason == QuarantineReason.None)
        {
            Reason = reason;
            Detail = detail;
        }
    }

    /// <summary>Forgets what the message gave so far: a payload that breaks off half-way gives nothing.</summary>
    public void Discard() => Batch.Truncate(_first);

    /// <summary>
    /// Sets the event time of the readings that follow, by the plant's clock policy; null = the machine gave none. False when
    /// the policy refuses the time: then nothing of this time may be added.
    /// </summary>
    public bool TryUseTime(DateTime? deviceTime)
    {
        _flags = ReadingFlags.None;
        if (deviceTime is not { } time)
        {
            _flags = ReadingFlags.ReceiveTimeUsed;
            _eventTime = ReceiveTime;
            return true;
        }

        ClockPolicy clock = Plant.Clock;
        _eventTime = time;
        if (time > ReceiveTime + clock.Tolerance)
        {
            if (clock.Future == FutureTime.Quarantine)
            {
                RefuseTime(time, "lies in the future");
                return false;
            }

            _flags = ReadingFlags.ClockSuspect;
            if (clock.Future == FutureTime.UseReceiveTime)
            {
                _flags |= ReadingFlags.ReceiveTimeUsed;
                _eventTime = ReceiveTime;
            }
        }
        else if (time < ClockPolicy.Unset || (clock.OldestAccepted is { } oldest && time < ReceiveTime - oldest))
        {
            RefuseTime(time, "is older than the plant file accepts");
            return false;
        }

        return true;
    }

    /// <summary>Adds a number in the machine's unit.</summary>
    public void Number(Signal signal, double value, ReadingFlags flags = ReadingFlags.None) => Number(new SignalSlot(signal), value, flags);

    /// <summary>Adds a number in the machine's unit.</summary>
    public void Number(in SignalSlot slot, double value, ReadingFlags flags = ReadingFlags.None)
    {
        if (slot.IsText)
        {
            Text(slot.Signal, value.ToString("R", CultureInfo.InvariantCulture), flags);
            return;
        }

        // A denormal float is what an integer looks like when its bytes are read as a float.
        if (!double.IsFinite(value) || (Math.Abs(value) < SmallestFloat && value != 0))
        {
            RefuseImplausible(slot.Signal, value);
            return;
        }

        Checked(slot, (value * slot.Scale) + slot.Offset, flags);
    }

    /// <summary>Adds a number that is already in the signal's unit.</summary>
    public void Converted(Signal signal, double value)
    {
        if (double.IsFinite(value))
        {
            Checked(new SignalSlot(signal), value, ReadingFlags.None);
        }
        else
        {
            RefuseImplausible(signal, value);
        }
    }

    /// <summary>Adds a text; a number written as a text is taken for the number.</summary>
    public void Text(Signal signal, string value, ReadingFlags flags = ReadingFlags.None)
    {
        if (signal.IsText)
        {
            Batch.Add(new Reading(signal, _eventTime, double.NaN, value, _flags | flags));
        }
        else if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            Number(signal, number, flags);
        }
        else
        {
            Refuse(QuarantineReason.WrongType, $"{signal} is the text '{Shorten(value)}'; a number is expected");
        }
    }

    /// <summary>Says that the source of a signal went away at a time.</summary>
    public void Stale(Signal signal, DateTime eventTime) =>
        Batch.Add(new Reading(signal, eventTime, double.NaN, null, ReadingFlags.Stale));

    private void Checked(in SignalSlot slot, double value, ReadingFlags flags)
    {
        if (!(value >= slot.Minimum && value <= slot.Maximum))
        {
            RefuseRange(slot.Signal, value);
        }
        else if (slot.IsCode && (value != Math.Floor(value) || value is < 0 or > int.MaxValue))
        {
            Refuse(QuarantineReason.WrongType, FormattableString.Invariant($"{slot.Signal} is {value}; a code is a whole number from 0 to 2147483647"));
        }
        else
        {
            Batch.Add(new Reading(slot.Signal, _eventTime, value, null, _flags | flags));
        }
    }

    private void RefuseTime(DateTime eventTime, string what) =>
        Refuse(QuarantineReason.BadTime, FormattableString.Invariant($"the time {eventTime:O} {what}; received at {ReceiveTime:O}"));

    private void RefuseImplausible(Signal signal, double value)
    {
        string suspicion = Math.Abs(value) is > 0 and < SmallestFloat
            ? FormattableString.Invariant($"; it looks like the integer {BitConverter.SingleToInt32Bits((float)value)} read as a float")
            : "";
        Refuse(QuarantineReason.Implausible, FormattableString.Invariant($"{signal} is {value}{suspicion}"));
    }

    private void RefuseRange(Signal signal, double value) =>
        Refuse(QuarantineReason.OutOfRange, FormattableString.Invariant($"{signal} is {value} {signal.Unit}; allowed: {signal.Minimum} to {signal.Maximum}"));

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
