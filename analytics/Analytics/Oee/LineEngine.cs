using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Analytics.Oee;

/// <summary>
/// The one source of OEE for a line. Fed with readings as they arrive, it places them by event time; every figure is a
/// function of the set of readings held and of the plant, so neither their order nor how they were split matters, and a
/// recomputation gives the same figure to the last bit. Not thread-safe: one line, one thread.
/// </summary>
public sealed class LineEngine
{
    private const int MostHoursBeyondMemory = 10_000;

    /// <summary>What is no longer needed is forgotten in stretches: each time, what stays is moved.</summary>
    private static readonly TimeSpan ForgetAtLeast = TimeSpan.FromHours(1);

    private readonly Plant _plant;
    private readonly LineTracks _tracks;
    private readonly LineEngineOptions _options;
    private readonly SortedList<DateTime, ClosedShift> _closed = [];
    private readonly SortedSet<DateTime> _beyondMemory = [];
    private DateTime _firstHeard = DateTime.MaxValue;
    private DateTime _lastHeard = DateTime.MinValue;
    private DateTime _closedUntil = DateTime.MinValue;
    private DateTime _changeableUntil = DateTime.MinValue;
    private DateTime _remembersFrom = DateTime.MinValue;
    private DateTime _resumedAt = DateTime.MinValue;
    private DateTime _touchedFrom = DateTime.MaxValue;
    private LineSnapshot? _snapshot;

    /// <summary>Starts without readings.</summary>
    /// <param name="plant">The plant the line belongs to.</param>
    /// <param name="line">One of its lines.</param>
    /// <param name="options">Null = defaults.</param>
    public LineEngine(Plant plant, Line line, LineEngineOptions? options = null)
    {
        Line = line;
        _plant = plant;
        _options = options ?? new LineEngineOptions();
        _tracks = new LineTracks(plant, line);
    }

    /// <summary>The line as configured.</summary>
    public Line Line { get; }

    /// <summary>
    /// From when readings are needed to compute the figures at an instant from scratch, besides the last reading of each
    /// signal before that: the running shift and what may have caused its first stop.
    /// </summary>
    public DateTime RebuildFrom(DateTime at) => (Line.Shifts.At(at)?.Start ?? UnplannedSince(at)) - _options.LookBack;

    /// <summary>How far beyond its end readings still decide about a shift: lateness, the length of its last stop, a counter's next reading.</summary>
    public TimeSpan DecidedBy => DecidedAfter + TimeSpan.FromHours(1);

    /// <summary>Whether the signal's readings move the figures; only these are needed to compute them again.</summary>
    public static bool Needs(Signal signal) => signal.Role is not (SignalRole.Process or SignalRole.Meter or SignalRole.Text);

    /// <summary>Takes a reading; false = it is not of this line, or it is older than what is held (see <see cref="TakeBeyondMemory"/>).</summary>
    public bool Accept(in Reading reading)
    {
        DateTime at = reading.EventTime;
        if (at < _remembersFrom)
        {
            RememberBeyondMemory(at);
            return false;
        }

        if (!_tracks.Accept(reading))
        {
            return false;
        }

        _firstHeard = at < _firstHeard ? at : _firstHeard;
        _lastHeard = at > _lastHeard ? at : _lastHeard;
        _snapshot = null;
        if (at < _resumedAt)
        {
            RememberBeyondMemory(at);
        }

        if (at < _touchedFrom && at < _changeableUntil)
        {
            _touchedFrom = at;
        }

        return true;
    }

    /// <summary>Takes readings; returns how many were of this line and within memory.</summary>
    public int Accept(ReadOnlySpan<Reading> readings)
    {
        int taken = 0;
        foreach (ref readonly Reading reading in readings)
        {
            taken += Accept(reading) ? 1 : 0;
        }

        return taken;
    }

    /// <summary>
    /// Goes on after a restart, once the readings from <see cref="RebuildFrom"/> on were accepted again: shifts up to
    /// <paramref name="closedUntil"/> were closed and kept before, later readings of theirs are for the store to restate.
    /// </summary>
    public void Resume(DateTime closedUntil)
    {
        (_closedUntil, _resumedAt, _touchedFrom) = (closedUntil, closedUntil, DateTime.MaxValue);
        _changeableUntil = closedUntil + DecidedAfter;
        _beyondMemory.Clear();
    }

    /// <summary>
    /// Closes every shift that ended and whose allowed lateness is over at <paramref name="watermark"/> (event time),
    /// and restates closed ones that late readings changed. Returns them by start. A shift that ends in the middle of a
    /// short own failure closes when that stop is known to be a minor stop or a breakdown.
    /// </summary>
    public IReadOnlyList<ShiftRecord> Advance(DateTime watermark)
    {
        List<ShiftRecord> emitted = [];
        Restate(emitted);
        DateTime from = _closedUntil > _firstHeard ? _closedUntil : _firstHeard;
        DateTime until = watermark - Line.AllowedLateness;
        if (until <= from)
        {
            return emitted;
        }

        foreach (ShiftInstance shift in Line.Shifts.Between(from, until))
        {
            if (shift.End > until || shift.End <= _closedUntil)
            {
                continue;
            }

            if (IsUndecidedAtEnd(shift, until))
            {
                break;
            }

            ShiftRecord record = Compute(shift);
            _closed.Add(shift.Start, new ClosedShift(shift, record));
            _closedUntil = shift.End;
            _changeableUntil = shift.End + DecidedAfter;
            emitted.Add(record);
        }

        Forget(watermark);
        return emitted;
    }

    /// <summary>Computes a shift from what is held, as it would close now.</summary>
    public ShiftRecord Compute(ShiftInstance shift) =>
        Calculation(shift.Start, shift.End, shift.End + Line.MicroStop, shift.End + Line.AllowedLateness).Record(shift.Name, shift.Day, PlanPrint.Of(_plant, Line, shift));

    /// <summary>The line at an event time, usually now. Cheap enough to ask every second.</summary>
    public LineSnapshot Snapshot(DateTime at)
    {
        if (_snapshot is { } same && same.At == at)
        {
            return same;
        }

        ShiftInstance? shift = Line.Shifts.At(at);
        DateTime from = shift?.Start ?? UnplannedSince(at);
        ShiftCalculation calculation = Calculation(from, at, at, at);
        ShiftRecord record = calculation.Record(shift?.Name ?? "", shift?.Day ?? LocalDay(at));
        string product = _tracks.ProductAt(at.Ticks);
        Stop? last = record.Stops.LastOrDefault(stop => stop.Machine == Line.CriticalMachine.Id);
        return _snapshot = new LineSnapshot(
            Line.Id,
            at,
            shift,
            record,
            [.. Enumerable.Range(0, _tracks.Machines.Length).Select(machine => Now(calculation.View, machine, at))],
            product.Length == 0 ? null : product,
            _tracks.OrderAt(at.Ticks),
            UnitsLost(record.Quantities, product),
            last?.End == at ? last : null,
            _lastHeard == DateTime.MinValue ? null : _lastHeard);
    }

    /// <summary>
    /// Hours (UTC, by event time) with readings that came after their shifts had left memory; the caller restates those
    /// shifts from the store. Each is handed out once.
    /// </summary>
    public IReadOnlyList<DateTime> TakeBeyondMemory()
    {
        DateTime[] times = [.. _beyondMemory];
        _beyondMemory.Clear();
        return times;
    }

    /// <summary>How long after its end what happens may still change a shift's figure.</summary>
    private TimeSpan DecidedAfter => Line.AllowedLateness > Line.MicroStop ? Line.AllowedLateness : Line.MicroStop;

    private ShiftCalculation Calculation(DateTime from, DateTime to, DateTime known, DateTime horizon) =>
        new(_tracks, _options, from.Ticks, to.Ticks, known.Ticks, horizon.Ticks);

    private void Restate(List<ShiftRecord> emitted)
    {
        if (_touchedFrom == DateTime.MaxValue)
        {
            return;
        }

        foreach (ClosedShift closed in _closed.Values)
        {
            if (closed.Shift.End + DecidedAfter > _touchedFrom && Compute(closed.Shift) is { } again && !again.SameAs(closed.Record))
            {
                closed.Record = again;
                emitted.Add(again);
            }
        }

        _touchedFrom = DateTime.MaxValue;
    }

    /// <summary>Whether the critical machine stood at the end of the shift and it is open how long that stop will be.</summary>
    private bool IsUndecidedAtEnd(ShiftInstance shift, DateTime until)
    {
        long from = (shift.End - Line.MicroStop).Ticks;
        long to = Math.Min(until.Ticks, (shift.End + Line.MicroStop).Ticks);
        List<BucketInterval> intervals = BucketTimeline.Build(
            _tracks.Machines[_tracks.Critical], _tracks.Orders, PlanSegment.Between(Line.Shifts, from, to), from, to, until.Ticks);
        BucketInterval last = intervals[^1];
        return last.Bucket == Bucket.OwnFailure && last.Start < shift.End.Ticks && last.Length < Line.MicroStop.Ticks
            && to < (shift.End + Line.MicroStop).Ticks;
    }

    /// <summary>Whole hours are enough to find the shifts; an endless past must not fill memory.</summary>
    private void RememberBeyondMemory(DateTime at)
    {
        if (_beyondMemory.Count < MostHoursBeyondMemory)
        {
            _beyondMemory.Add(new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc));
        }
    }

    private void Forget(DateTime watermark)
    {
        while (_closed.Count > 0 && _closed.Values[0].Shift.End + _options.KeepClosed < watermark)
        {
            _closed.RemoveAt(0);
        }

        DateTime needed = _closed.Count > 0 ? _closed.Values[0].Shift.Start : watermark - _options.KeepClosed;
        if (Line.Shifts.At(needed) is { } running)
        {
            needed = running.Start;
        }

        needed -= _options.LookBack;
        if (needed - _remembersFrom >= ForgetAtLeast)
        {
            _remembersFrom = needed;
            foreach (MachineTrack track in _tracks.Machines)
            {
                track.Trim(needed.Ticks);
            }
        }
    }

    private MachineNow Now(LineView view, int machine, DateTime at)
    {
        MachineTrack track = _tracks.Machines[machine];
        List<BucketInterval> timeline = view.Timelines[machine];
        BucketInterval now = timeline[BucketInterval.IndexAt(timeline, at.Ticks - 1)];
        double? code = ValueAt(track.States, at);
        return new MachineNow(
            track.Machine.Id,
            track.Machine.Name,
            now.Bucket,
            (int?)code,
            code is { } known ? track.Machine.States.StateNames.GetValueOrDefault((int)known) : null,
            new DateTime(now.Start, DateTimeKind.Utc),
            now.Bucket == Bucket.Run ? 0 : view.FaultOf(machine, now, _options.ClockTolerance.Ticks),
            double.IsNaN(track.Speed.Value) ? null : track.Speed.Value,
            track.Presence.LastHeard is { } heard ? new DateTime(heard, DateTimeKind.Utc) : null);
    }

    private static double? ValueAt(EventSeries<double> series, DateTime at)
    {
        int index = series.At(at.Ticks);
        return index < 0 || double.IsNaN(series.Value(index)) ? null : series.Value(index);
    }

    private double? UnitsLost(Quantities quantities, string product)
    {
        double? each = quantities.Total > 0 ? quantities.IdealSeconds / quantities.Total : _tracks.IdealSecondsPerUnit(product);
        return quantities.PlannedBusy > TimeSpan.Zero
            ? (quantities.PlannedBusy.TotalSeconds - quantities.IdealGoodSeconds) / each
            : null;
    }

    /// <summary>Start of the time without a shift that contains an instant: the last shift's end, or the local day's begin.</summary>
    private DateTime UnplannedSince(DateTime at)
    {
        TimeZoneInfo zone = Line.Shifts.TimeZone;
        DateTime midnight = LocalDay(at).ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(30);
        }

        DateTime since = TimeZoneInfo.ConvertTimeToUtc(midnight, zone);
        foreach (ShiftInstance shift in Line.Shifts.Between(since, at))
        {
            since = shift.End > since && shift.End <= at ? shift.End : since;
        }

        return since < at ? since : at.AddTicks(-1);
    }

    private DateOnly LocalDay(DateTime at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(at, Line.Shifts.TimeZone));

    private sealed class ClosedShift(ShiftInstance shift, ShiftRecord record)
    {
        public ShiftInstance Shift { get; } = shift;

        public ShiftRecord Record { get; set; } = record;
    }
}
