using System.Globalization;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Analytics.Anomalies;

/// <summary>What a machine is doing, by the codes it published last: the context its signals are judged in. Not thread-safe.</summary>
/// <param name="machine">The machine.</param>
/// <param name="kept">What it had been doing before; null = nothing is known.</param>
public sealed class MachineActivity(Machine machine, MachineDuty? kept = null)
{
    /// <summary>How long after a stop a machine counts as starting up: pressures, temperatures and speeds are not steady yet.</summary>
    private static readonly TimeSpan StartUp = TimeSpan.FromMinutes(2);

    private readonly bool _hasState = machine.Find(SignalRole.State) is not null;
    private bool _heard;
    private int? _state;
    private int? _mode;
    private int? _program;
    private string _product = "";
    private double _speed = double.NaN;
    private DateTime _runsSince = DateTime.MinValue;

    /// <summary>What the machine has been doing, as its signals can be explained by; null for a machine that tells no state.</summary>
    public MachineDuty? Duty { get; private set; } = machine.Find(SignalRole.State) is null ? null : kept ?? new MachineDuty();

    /// <summary>The product in hand; empty before the first.</summary>
    public string Product => _product;

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

    /// <summary>Goes on with the numbering of products that a trained model knows.</summary>
    public void Adopt(MachineDuty trained)
    {
        if (Duty is { } lived)
        {
            Duty = trained.ContinuedBy(lived);
        }
    }

    /// <summary>The context of a signal of the machine at an event time.</summary>
    public SignalContext Context(DateTime eventTime) => new(At(eventTime), _product, Duty: Duty);

    /// <summary>The same for the detectors, at an event time. A machine without a state signal always produces.</summary>
    public Activity At(DateTime eventTime) => !_hasState ? Activity.Producing : Bucket switch
    {
        null => Activity.StartingUp,
        Plants.Bucket.Run => eventTime - _runsSince < StartUp ? Activity.StartingUp : Activity.Producing,
        Plants.Bucket.SetUp => Activity.Changeover,
        Plants.Bucket.PlannedDown or Plants.Bucket.UnplannedMaintenance => Activity.Cleaning,
        Plants.Bucket.Lack or Plants.Bucket.Tailback or Plants.Bucket.LackBranchLine or Plants.Bucket.TailbackBranchLine => Activity.Starved,
        Plants.Bucket.NoData => Activity.Unknown,
        _ => Activity.Stopped,
    };

    /// <summary>Takes a reading of the machine; true when it is a new state code.</summary>
    public bool Accept(in Reading reading)
    {
        bool ran = Bucket == Plants.Bucket.Run;
        bool changed = Take(reading);
        Duty?.Follow(reading.EventTime, _product, Bucket == Plants.Bucket.Run, Load);

        // The first state heard says nothing about when it began.
        if (!ran && Bucket == Plants.Bucket.Run && _heard)
        {
            _runsSince = reading.EventTime;
        }

        _heard |= changed;
        return changed;
    }

    /// <summary>Speed as a share of the design rate; without a speed or a rate, whether the machine runs.</summary>
    private double Load => double.IsNaN(_speed) || machine.DesignRatePerHour is not > 0
        ? Bucket == Plants.Bucket.Run ? 1 : 0
        : _speed / machine.DesignRatePerHour.Value;

    private bool Take(in Reading reading)
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
            case SignalRole.Speed:
                _speed = reading.Value;
                return false;
            case SignalRole.Product:
                _product = reading.Text ?? reading.Value.ToString("R", CultureInfo.InvariantCulture);
                return false;
            default:
                return false;
        }
    }
}
