using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Server.Flow;

/// <summary>What a machine is doing, by the codes it published last: the context its signals are judged in.</summary>
internal sealed class MachineActivity(Machine machine)
{
    private readonly bool _hasState = machine.Find(SignalRole.State) is not null;
    private int? _state;
    private int? _mode;
    private int? _program;

    /// <summary>State code last heard, for who needs to see it change.</summary>
    public int? StateCode => _state;

    /// <summary>Where the time model would put the machine, shifts and plans aside; null = an acting transition.</summary>
    public Bucket? Bucket
    {
        get
        {
            if (_program is { } program && machine.States.Programs.TryGetValue(program, out Bucket byProgram))
            {
                return byProgram;
            }

            if (_mode is { } mode && machine.States.Modes.TryGetValue(mode, out Bucket byMode))
            {
                return byMode;
            }

            return _state is { } state && machine.States.States.TryGetValue(state, out Bucket? byState) ? byState : Plants.Bucket.NoData;
        }
    }

    /// <summary>The same for the detectors. A machine without a state signal always produces.</summary>
    public Activity Activity => !_hasState ? Activity.Producing : Bucket switch
    {
        null => Activity.StartingUp,
        Plants.Bucket.Run => Activity.Producing,
        Plants.Bucket.SetUp => Activity.Changeover,
        Plants.Bucket.PlannedDown or Plants.Bucket.UnplannedMaintenance => Activity.Cleaning,
        Plants.Bucket.Lack or Plants.Bucket.Tailback or Plants.Bucket.LackBranchLine or Plants.Bucket.TailbackBranchLine => Activity.Starved,
        Plants.Bucket.NoData => Activity.Unknown,
        _ => Activity.Stopped,
    };

    /// <summary>Takes a reading of the machine; true when it is a new state code.</summary>
    public bool Accept(in Reading reading)
    {
        int? code = double.IsNaN(reading.Value) ? null : (int)reading.Value;
        switch (reading.Signal.Role)
        {
            case SignalRole.State:
                bool changed = code != _state;
                _state = code;
                return changed;
            case SignalRole.Mode:
                _mode = code;
                return false;
            case SignalRole.Program:
                _program = code;
                return false;
            default:
                return false;
        }
    }
}
