using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Analytics.Oee;

/// <summary>What one machine has told that matters for OEE, by event time. Not thread-safe.</summary>
internal sealed class MachineTrack
{
    private readonly bool _stateAloneIsHeard;

    public MachineTrack(Machine machine, long silentAfter, double? designRatePerHour, long interpolateUpTo)
    {
        Machine = machine;
        TimeSpan? own = machine.Find(SignalRole.State)?.SilentAfter;
        _stateAloneIsHeard = own is not null;
        TellsSide = machine.Find(SignalRole.Starved) is not null && machine.Find(SignalRole.Blocked) is not null;
        Presence = new Presence(own?.Ticks ?? silentAfter);
        Total = Counter(SignalRole.CountTotal);
        Good = Counter(SignalRole.CountGood);
        Reject = Counter(SignalRole.CountReject);

        CounterSeries? Counter(SignalRole role) =>
            machine.Find(role) is { } signal ? new CounterSeries(signal, designRatePerHour, interpolateUpTo) : null;
    }

    public Machine Machine { get; }

    /// <summary>Whether the machine itself tells lack from tailback beside its state (PackML's interlocks).</summary>
    public bool TellsSide { get; }

    /// <summary>State codes; NaN from where the source was stale.</summary>
    public EventSeries<double> States { get; } = new();

    public EventSeries<double> Modes { get; } = new();

    public EventSeries<double> Programs { get; } = new();

    public EventSeries<double> Faults { get; } = new();

    /// <summary>Whether it waits for units to come; NaN from where the source was stale.</summary>
    public EventSeries<double> Starved { get; } = new();

    /// <summary>Whether it waits for room behind it; NaN from where the source was stale.</summary>
    public EventSeries<double> Blocked { get; } = new();

    /// <summary>Newest speed by event time; NaN = none, or its source is stale. Shown only, so its past is not held.</summary>
    public (long Time, double Value) Speed { get; private set; } = (0, double.NaN);

    public EventSeries<string?> Products { get; } = new();

    public EventSeries<string?> Orders { get; } = new();

    public CounterSeries? Total { get; }

    public CounterSeries? Good { get; }

    public CounterSeries? Reject { get; }

    public Presence Presence { get; }

    /// <summary>Takes a reading; of several signals with the same role only the first counts.</summary>
    public void Accept(in Reading reading, bool isFirstOfRole)
    {
        long time = reading.EventTime.Ticks;
        SignalRole role = reading.Signal.Role;
        bool stale = (reading.Flags & ReadingFlags.Stale) != 0;
        if (!stale && (_stateAloneIsHeard ? role == SignalRole.State : LineEngine.Needs(reading.Signal)))
        {
            Presence.Heard(time);
        }

        if (!isFirstOfRole)
        {
            return;
        }

        double value = stale ? double.NaN : reading.Value;
        switch (role)
        {
            case SignalRole.State:
                States.Set(time, value, reading.Repeat);
                break;
            case SignalRole.Mode:
                Modes.Set(time, value, reading.Repeat);
                break;
            case SignalRole.Program:
                Programs.Set(time, value, reading.Repeat);
                break;
            case SignalRole.FaultCode:
                Faults.Set(time, value, reading.Repeat);
                break;
            case SignalRole.Starved:
                Starved.Set(time, value, reading.Repeat);
                break;
            case SignalRole.Blocked:
                Blocked.Set(time, value, reading.Repeat);
                break;
            case SignalRole.Speed:
                Speed = time >= Speed.Time ? (time, value) : Speed;
                break;
            case SignalRole.CountTotal:
                Total!.Set(time, value, reading.Repeat);
                break;
            case SignalRole.CountGood:
                Good!.Set(time, value, reading.Repeat);
                break;
            case SignalRole.CountReject:
                Reject!.Set(time, value, reading.Repeat);
                break;

            // A product and an order outlast a broken connection.
            case SignalRole.Product when !stale:
                Products.Set(time, Shared(Products, reading), reading.Repeat);
                break;
            case SignalRole.Order when !stale:
                Orders.Set(time, Shared(Orders, reading), reading.Repeat);
                break;
        }
    }

    /// <summary>Forgets what was before an instant, except what was in force then.</summary>
    public void Trim(long before)
    {
        States.Trim(before);
        Modes.Trim(before);
        Programs.Trim(before);
        Faults.Trim(before);
        Starved.Trim(before);
        Blocked.Trim(before);
        Products.Trim(before);
        Orders.Trim(before);
        Total?.Trim(before);
        Good?.Trim(before);
        Reject?.Trim(before);
        Presence.Trim(before);
    }

    /// <summary>Heartbeats repeat the same text: keep one instance of it.</summary>
    private static string? Shared(EventSeries<string?> series, in Reading reading)
    {
        string? text = reading.Text ?? Number(reading.Value);
        string? last = series.Count == 0 ? null : series.Value(series.Count - 1);
        return text == last ? last : text;
    }

    private static string? Number(double value) =>
        double.IsNaN(value) ? null : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
