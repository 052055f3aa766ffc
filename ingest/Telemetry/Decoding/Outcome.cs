namespace Linewatch.Telemetry.Decoding;

/// <summary>What became of a message. Every message has exactly one outcome.</summary>
public enum Outcome : byte
{
    /// <summary>Decoded; everything in it is stored or, by a deadband, known not to need storing.</summary>
    Stored,

    /// <summary>The same message was received before.</summary>
    Duplicate,

    /// <summary>It, or something in it, could not be used; it is kept with its reason. What was usable is stored.</summary>
    Quarantined,
}

/// <summary>How many messages had which outcome.</summary>
internal struct OutcomeCounts
{
    public long Stored;
    public long Duplicate;
    public long Quarantined;

    public void Add(in OutcomeCounts other)
    {
        Stored += other.Stored;
        Duplicate += other.Duplicate;
        Quarantined += other.Quarantined;
    }

    public void Add(Outcome outcome, long by)
    {
        switch (outcome)
        {
            case Outcome.Stored:
                Stored += by;
                break;
            case Outcome.Duplicate:
                Duplicate += by;
                break;
            default:
                Quarantined += by;
                break;
        }
    }
}

/// <summary>Why a message is in quarantine.</summary>
public enum QuarantineReason : byte
{
    /// <summary>Not in quarantine.</summary>
    None,

    /// <summary>No source of the plant file matches the topic.</summary>
    UnknownTopic,

    /// <summary>The topic or message names a machine that the plant file does not know.</summary>
    UnknownMachine,

    /// <summary>It names a signal that the machine does not have.</summary>
    UnknownSignal,

    /// <summary>The payload is not what the decoder expects.</summary>
    Malformed,

    /// <summary>A value has the wrong type: a text for a number, a fraction for a code.</summary>
    WrongType,

    /// <summary>A value is outside the signal's range.</summary>
    OutOfRange,

    /// <summary>A value cannot be true: not finite, or an integer that was read as a float.</summary>
    Implausible,

    /// <summary>The time is missing, unreadable, too old, or in the future and the policy refuses that.</summary>
    BadTime,

    /// <summary>The store refused a value for good.</summary>
    RefusedByStore,

    /// <summary>A kind of content that is kept visible but not decoded.</summary>
    NotDecoded,
}
