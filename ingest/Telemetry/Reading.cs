using Linewatch.Plants;

namespace Linewatch.Telemetry;

/// <summary>What is known about a reading besides its value.</summary>
[Flags]
public enum ReadingFlags : byte
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>The machine gave no time of its own; event time is the receive time.</summary>
    ReceiveTimeUsed = 1,

    /// <summary>Recorded earlier and sent late on purpose (Sparkplug is_historical): recomputes figures, never raises live alerts.</summary>
    Historical = 2,

    /// <summary>The source went offline: the value no longer holds from this event time on.</summary>
    Stale = 4,

    /// <summary>The machine's clock was ahead of ours or drifting beyond the tolerance when it sent this.</summary>
    ClockSuspect = 8,
}

/// <summary>One signal's value at one event time. Signal, event time and repeat are its identity in every store.</summary>
/// <param name="Signal">The signal it belongs to.</param>
/// <param name="EventTime">When it happened at the machine, UTC.</param>
/// <param name="Value">The value in the signal's unit; NaN for text and for stale markers.</param>
/// <param name="Text">The value of a text signal, else null.</param>
/// <param name="Flags">What is known besides.</param>
/// <param name="Repeat">
/// 0, or how many different readings of the signal came before at the same event time: a clock set back, or two changes
/// within the clock's resolution. Part of the identity.
/// </param>
public readonly record struct Reading(
    Signal Signal,
    DateTime EventTime,
    double Value,
    string? Text = null,
    ReadingFlags Flags = ReadingFlags.None,
    int Repeat = 0);
