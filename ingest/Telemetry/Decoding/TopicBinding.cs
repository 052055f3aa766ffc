using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>What one topic means: the source it belongs to and the machine or signal it names, and what was learnt of its messages. Not thread-safe.</summary>
internal sealed class TopicBinding
{
    private readonly SignalSlot _slot;

    /// <summary>Index of the source in the plant's sources.</summary>
    public required int SourceIndex { get; init; }

    public required Source Source { get; init; }

    public required IMessageDecoder Decoder { get; init; }

    /// <summary>The topic as text.</summary>
    public required string Topic { get; init; }

    /// <summary>The levels that a trailing # of the template stands for.</summary>
    public string Rest { get; init; } = "";

    /// <summary>The signal's name as topic or constants write it.</summary>
    public string? SignalName { get; init; }

    /// <summary>The line that topic or constants name; null when only the message can tell.</summary>
    public string? Line { get; init; }

    /// <summary>The machine that topic or constants name; null when only the message can tell.</summary>
    public MachineSignals? Machine { get; init; }

    /// <summary>The signal that topic or constants name; null when the message tells.</summary>
    public Signal? Signal
    {
        get;
        init
        {
            field = value;
            _slot = value is null ? default : new SignalSlot(value);
        }
    }

    /// <summary><see cref="Signal"/>, where there is one.</summary>
    public ref readonly SignalSlot Slot => ref _slot;

    /// <summary>Why nothing can come of this topic; <see cref="QuarantineReason.None"/> when it can.</summary>
    public QuarantineReason Fault { get; init; }

    public string FaultDetail { get; init; } = "";

    /// <summary>Shape of the last JSON message that had one.</summary>
    public JsonShape? Shape { get; set; }

    /// <summary>The one before it: some machines send two kinds of messages in turns.</summary>
    public JsonShape? ShapeBefore { get; set; }

    /// <summary>JSON messages that had neither of these shapes.</summary>
    public long WithoutShape { get; set; }
}
