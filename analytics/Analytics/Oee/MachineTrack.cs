using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Analytics.Oee;

/// <summary>What one machine has told that matters for OEE, by event time. Not thread-safe.</summary>
internal sealed class MachineTrack
{
    private readonly bool _stateAloneIsHeard;
    private string? _lastText;

    public MachineTrack(Machine machine, long silentAfter, double? designRatePerHour, long interpolateUpTo)
    {
        Machine = machine;
        TimeSpan? own = machine.Find(SignalRole.State)?.SilentAfter;
        _stateAloneIsHeard = own is not null;
        Presence = new Presence(own?.Ticks ?? silentAfter);
        Total = Counter(SignalRole.CountTotal);
        Good = Counter(SignalRole.CountGood);
        Reject = Counter(SignalRole.CountReject);

        CounterSeries? Counter(SignalRole role) =>
            machine.Find(role) is { } signal ? new CounterSeries(signal, designRatePerHour, interpolateUpTo) : null;
    }

    public Machine Machine { get; }

    /// <summary>State codes; NaN from where the source was stale.</summary>
    public EventSeries<double> States { get; } = new();

    public EventSeries<double> Modes { get; } = new();

    public EventSeries<double> Programs { get; } = new();

    public EventSeries<double> Faults { get; } = new();

    public EventSeries<double> Speeds { get; } = new();

    public EventSeries<string?> Products { get; } = new();

    public EventSeries<string?> Orders { get; } = new();

    public CounterSeries? Total { get; }

    public CounterSeries? Good { get; }

    public CounterSeries? Reject { get; }

    public Presence Presence { get; }

    /// <summary>Takes a reading; true when it may change a figure.</summary>
    public bool Accept(in Reading reading, bool isFirstOfRole)
    {
        long time = reading.EventTime.Ticks;
        bool stale = (reading.Flags & ReadingFlags.Stale) != 0;
        if (!stale && (_stateAloneIsHeard ? reading.Signal.Role == SignalRole.State : LineEngine.Needs(reading.Signal)))
        {
            Presence.Heard(time);
        }

        if (!isFirstOfRole)
        {
            return false;
        }

        double value = stale ? double.NaN : reading.Value;
        switch (reading.Signal.Role)
        {
            case SignalRole.State:
                return States.Set(time, value, reading.Repeat) >= 0;
            case SignalRole.Mode:
                return Modes.Set(time, value, reading.Repeat) >= 0;
            case SignalRole.Program:
                return Programs.Set(time, value, reading.Repeat) >= 0;
            case SignalRole.FaultCode:
                return Faults.Set(time, value, reading.Repeat) >= 0;
            case SignalRole.Speed:
                return Speeds.Set(time, value, reading.Repeat) >= 0;
            case SignalRole.Product:
                // A product and an order outlast a broken connection.
                return !stale && Products.Set(time, Shared(reading), reading.Repeat) >= 0;
            case SignalRole.Order:
                return !stale && Orders.Set(time, Shared(reading), reading.Repeat) >= 0;
            case SignalRole.CountTotal:
                return Total!.Set(time, value, reading.Repeat);
            case SignalRole.CountGood:
                return Good!.Set(time, value, reading.Repeat);
            case SignalRole.CountReject:
                return Reject!.Set(time, value, reading.Repeat);
            default:
                return false;
        }
    }

    /// <summary>Forgets what was before an instant, except what was in force then.</summary>
    public void Trim(long before)
    {
        States.Trim(before);
        Modes.Trim(before);
        Programs.Trim(before);
        Faults.Trim(before);
        Speeds.Trim(before);
        Products.Trim(before);
        Orders.Trim(before);
        Total?.Trim(before);
        Good?.Trim(before);
        Reject?.Trim(before);
        Presence.Trim(before);
    }

    /// <summary>Heartbeats repeat the same text: keep one instance of it.</summary>
    private string? Shared(in Reading reading)
    {
        string? text = reading.Text ?? Number(reading.Value);
        if (text == _lastText)
        {
            return _lastText;
        }

        return _lastText = text;
    }

    private static string? Number(double value) =>
        double.IsNaN(value) ? null : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
