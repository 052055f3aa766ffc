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

    /// <summary>Thirds of the design rate: each has to be learned by itself.</summary>
    private const int SpeedBands = 3;

    /// <summary>A band is left only this far beyond its end, as a share of the design rate, so that a speed near it does not flutter.</summary>
    private const double BandOverlap = 0.05;

    private readonly bool _hasState = machine.Find(SignalRole.State) is not null;
    private bool _heard;
    private bool _ran;
    private int? _state;
    private int? _mode;
    private int? _program;
    private string _product = "";
    private int? _producedWith;
    private string _programme = "";
    private byte _speedBand;
    private double _speed = double.NaN;
    private DateTime _runsSince = DateTime.MinValue;

    /// <summary>What the machine has been doing, as its signals can be explained by; null for a machine that tells no state.</summary>
    public MachineDuty? Duty { get; private set; } = machine.Find(SignalRole.State) is null ? null : kept ?? new MachineDuty();

    /// <summary>The product in hand; empty before the first.</summary>
    public string Product => _product;

    /// <summary>The programme it last produced with; empty before the first, and where it tells none. Cleaning, changeover and phases of an order are none.</summary>
    public string Programme => _programme;

    /// <summary>The third of the design rate it runs in, 1 to 3; 0 where speed or design rate is not known.</summary>
    public byte SpeedBand => _speedBand;

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
    public SignalContext Context(DateTime eventTime) => new(At(eventTime), _product, _programme, _speedBand, Duty);

    /// <summary>The same for the detectors, at an event time. A machine without a state signal always produces.</summary>
    public Activity At(DateTime eventTime) => !_hasState ? Activity.Producing : Bucket switch
    {
        null => _ran ? Activity.RunningDown : Activity.StartingUp,
        Plants.Bucket.Run => Phase switch
        {
            ProgramPhase.RunDown => Activity.RunningDown,
            ProgramPhase.StartUp => Activity.StartingUp,
            _ => eventTime - _runsSince < StartUp ? Activity.StartingUp : Activity.Producing,
        },
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
        bool runs = Bucket == Plants.Bucket.Run;
        _ran = Bucket is null ? _ran : runs;
        if (_program is { } program && program != _producedWith && (runs || !_hasState) && Phase is null)
        {
            // A machine that stands, cleans or is changed over is between programmes, not in another.
            _producedWith = program;
            _programme = program.ToString(CultureInfo.InvariantCulture);
        }

        Duty?.Follow(reading.EventTime, _product, _programme, runs, Load);

        // The first state heard says nothing about when it began.
        if (!ran && runs && _heard)
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

    private ProgramPhase? Phase => _program is { } program && machine.States.Phases.TryGetValue(program, out ProgramPhase phase) ? phase : null;

    /// <summary>The band of a speed; a speed that is not known changes nothing.</summary>
    private byte BandOf(double speed)
    {
        double bands = SpeedBands * speed / machine.DesignRatePerHour ?? double.NaN;
        double beyond = Math.Abs(bands - (_speedBand - 0.5)) - 0.5;
        return !double.IsFinite(bands) || (_speedBand > 0 && beyond <= SpeedBands * BandOverlap)
            ? _speedBand
            : (byte)Math.Clamp((int)bands + 1, 1, SpeedBands);
    }

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
                _speedBand = BandOf(_speed);
                return false;
            case SignalRole.Product:
                _product = reading.Text ?? reading.Value.ToString("R", CultureInfo.InvariantCulture);
                return false;
            default:
                return false;
        }
    }
}
