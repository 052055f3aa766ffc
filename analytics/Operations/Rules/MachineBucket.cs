using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Operations.Rules;

/// <summary>The bucket a machine is in, followed reading by reading: programme over mode over state; acting transitions keep the bucket before.</summary>
internal sealed class MachineBucket(Machine machine)
{
    private Bucket _state = Bucket.NoData;

    /// <summary>The machine's codes as last reported, for the snapshot.</summary>
    public (int? State, int? Mode, int? Program) Codes { get; private set; }

    /// <summary>The bucket now.</summary>
    public Bucket Now =>
        Codes.Program is { } program && machine.States.Programs.TryGetValue(program, out Bucket byProgram) ? byProgram
        : Codes.Mode is { } mode && machine.States.Modes.TryGetValue(mode, out Bucket byMode) ? byMode
        : _state;

    /// <summary>Takes a state, mode or programme reading.</summary>
    public void Update(SignalRole role, double value, ReadingFlags flags)
    {
        int? code = flags.HasFlag(ReadingFlags.Stale) || !double.IsFinite(value) || Math.Abs(value) > int.MaxValue ? null : (int)value;
        Codes = role switch
        {
            SignalRole.State => Codes with { State = code },
            SignalRole.Mode => Codes with { Mode = code },
            _ => Codes with { Program = code },
        };
        if (role == SignalRole.State)
        {
            Bucket? bucket = Bucket.NoData;
            bool isKnown = code is { } known && machine.States.States.TryGetValue(known, out bucket);
            _state = isKnown ? bucket ?? _state : Bucket.NoData;
        }
    }

    /// <summary>Takes up where a snapshot left off.</summary>
    public void Restore((int? State, int? Mode, int? Program) codes, Bucket state)
    {
        Codes = codes;
        _state = state;
    }

    /// <summary>The bucket of the state code alone, for the snapshot.</summary>
    public Bucket OfState => _state;
}
