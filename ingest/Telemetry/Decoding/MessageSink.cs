using System.Globalization;
using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Takes what a decoder finds in one message, checks it, and puts the good into a batch. The first thing that is wrong is
/// kept as the message's reason. Reused from message to message. Not thread-safe.
/// </summary>
internal sealed class MessageSink
{
    private static readonly DateTime NoTime = DateTime.MinValue;
    private int _first;

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

    /// <summary>Adds a number, in the machine's unit, whose time is set later by <see cref="SetTime"/>.</summary>
    public void Number(Signal signal, double value, ReadingFlags flags = ReadingFlags.None) => Number(signal, value, NoTime, flags);

    /// <summary>Adds a number in the machine's unit.</summary>
    public void Number(Signal signal, double value, DateTime eventTime, ReadingFlags flags = ReadingFlags.None)
    {
        if (signal.IsText)
        {
            Text(signal, value.ToString("R", CultureInfo.InvariantCulture), eventTime, flags);
            return;
        }

        // A denormal float is what an integer looks like when its bytes are read as a float.
        if (!double.IsFinite(value) || (Math.Abs(value) < 1.1754944e-38 && value != 0))
        {
            RefuseImplausible(signal, value);
            return;
        }

        Checked(signal, (value * signal.Scale) + signal.Offset, eventTime, flags);
    }

    /// <summary>Adds a number that is already in the signal's unit, without its time.</summary>
    public void Converted(Signal signal, double value)
    {
        if (double.IsFinite(value))
        {
            Checked(signal, value, NoTime, ReadingFlags.None);
        }
        else
        {
            RefuseImplausible(signal, value);
        }
    }

    private void Checked(Signal signal, double value, DateTime eventTime, ReadingFlags flags)
    {
        if (value < signal.Minimum || value > signal.Maximum)
        {
            RefuseRange(signal, value);
            return;
        }

        if (signal.Role is SignalRole.State or SignalRole.Mode or SignalRole.Program or SignalRole.FaultCode && (value != Math.Floor(value) || value is < 0 or > int.MaxValue))
        {
            Refuse(QuarantineReason.WrongType, FormattableString.Invariant($"{signal} is {value}; a code is a whole number from 0 to 2147483647"));
            return;
        }

        Batch.Add(new Reading(signal, eventTime, value, null, flags));
    }

    /// <summary>Adds a text; a number written as a text is taken for the number.</summary>
    public void Text(Signal signal, string value, DateTime eventTime = default, ReadingFlags flags = ReadingFlags.None)
    {
        if (!signal.IsText)
        {
            if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            {
                Number(signal, number, eventTime, flags);
            }
            else
            {
                Refuse(QuarantineReason.WrongType, $"{signal} is the text '{Shorten(value)}'; a number is expected");
            }

            return;
        }

        Batch.Add(new Reading(signal, eventTime, double.NaN, value, flags));
    }

    /// <summary>Says that the source of a signal went away at a time.</summary>
    public void Stale(Signal signal, DateTime eventTime) =>
        Batch.Add(new Reading(signal, eventTime, double.NaN, null, ReadingFlags.Stale));

    /// <summary>
    /// Sets the event time of this message's readings from an index on that have none yet, by the plant's clock policy;
    /// null = the machine gave none.
    /// </summary>
    public void SetTime(DateTime? deviceTime, int from = 0)
    {
        ReadingFlags flags = ReadingFlags.None;
        DateTime eventTime = deviceTime ?? ReceiveTime;
        if (deviceTime is null)
        {
            flags = ReadingFlags.ReceiveTimeUsed;
        }
        else if (eventTime > ReceiveTime + Plant.Clock.Tolerance)
        {
            if (Plant.Clock.Future == FutureTime.Quarantine)
            {
                RefuseTime(eventTime, from, "lies in the future");
                return;
            }

            flags = ReadingFlags.ClockSuspect;
            if (Plant.Clock.Future == FutureTime.UseReceiveTime)
            {
                flags |= ReadingFlags.ReceiveTimeUsed;
                eventTime = ReceiveTime;
            }
        }
        else if (eventTime < ReceiveTime - Plant.Clock.OldestAccepted)
        {
            RefuseTime(eventTime, from, "is older than the plant file accepts");
            return;
        }

        for (int i = _first + from; i < Batch.Count; i++)
        {
            ref Reading reading = ref Batch[i];
            if (reading.EventTime == NoTime)
            {
                reading = reading with { EventTime = eventTime, Flags = reading.Flags | flags };
            }
        }
    }

    private void RefuseTime(DateTime eventTime, int from, string what)
    {
        Batch.Truncate(_first + from);
        Refuse(QuarantineReason.BadTime, FormattableString.Invariant($"the time {eventTime:O} {what}; received at {ReceiveTime:O}"));
    }

    private void RefuseImplausible(Signal signal, double value)
    {
        string suspicion = Math.Abs(value) is > 0 and < 1.1754944e-38
            ? FormattableString.Invariant($"; it looks like the integer {BitConverter.SingleToInt32Bits((float)value)} read as a float")
            : "";
        Refuse(QuarantineReason.Implausible, FormattableString.Invariant($"{signal} is {value}{suspicion}"));
    }

    private void RefuseRange(Signal signal, double value) =>
        Refuse(QuarantineReason.OutOfRange, FormattableString.Invariant($"{signal} is {value} {signal.Unit}; allowed: {signal.Minimum} to {signal.Maximum}"));

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
