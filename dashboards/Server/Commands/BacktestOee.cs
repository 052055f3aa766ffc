using System.Globalization;
using Linewatch.Analytics.Oee;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Server.Commands;

/// <summary>
/// Recorded messages through decoder and OEE engines, as if they arrived at their publish times. Shifts that the recording
/// cuts are kept and marked; a line without a shift plan gets one row a local day, with counts and no figures. Not thread-safe.
/// </summary>
internal sealed class BacktestOee
{
    /// <summary>Recordings may hold messages that were stored for days at the machine; live, those restate from the store.</summary>
    private static readonly LineEngineOptions Options = new() { KeepClosed = TimeSpan.FromDays(3) };

    private readonly Dictionary<string, LineEngine> _engines;
    private readonly Dictionary<string, DateTime> _firstHeard = [];
    private readonly SortedDictionary<(string Line, DateTime Start), ShiftRecord> _records = [];
    private readonly RecordedClocks _clocks = new();
    private readonly RecordedDecoder _decoder;
    private DateTime _now;
    private DateTime _end;
    private DateTime _advanced;

    public BacktestOee(Plant plant)
    {
        _decoder = new RecordedDecoder(plant);
        _engines = plant.Lines.ToDictionary(line => line.Id, line => new LineEngine(plant, line, Options), StringComparer.Ordinal);
    }

    public long Messages => _decoder.Messages;

    public long Readings { get; private set; }

    public long Duplicates { get; private set; }

    public long Quarantined { get; private set; }

    public int Revisions { get; private set; }

    public int Shifts => _records.Count;

    private ReadingBatch Batch => _decoder.Batch;

    public void Take(in RecordedMessage message)
    {
        _now = message.PublishTime > _now ? message.PublishTime : _now;
        int first = Batch.Count;
        Outcome outcome = _decoder.Decode(message.PublishTime, message.Topic.Span, message.Payload.Span).Outcome;
        _clocks.Observe(Batch.Readings.Span[first..], message.PublishTime);
        Duplicates += outcome == Outcome.Duplicate ? 1 : 0;
        Quarantined += outcome == Outcome.Quarantined ? 1 : 0;
        if (Batch.Count >= 1000 || _now - _advanced >= TimeSpan.FromMinutes(1))
        {
            Hand();
        }
    }

    /// <summary>Hands over what is left, closes every shift that is over, and computes the one in which the recording ends from what there is.</summary>
    public void Finish()
    {
        _end = _now;
        _now += TimeSpan.FromHours(1);
        Hand();
        foreach (LineEngine engine in _engines.Values)
        {
            if (!_firstHeard.TryGetValue(engine.Line.Id, out DateTime first))
            {
                continue;
            }

            foreach (ShiftInstance shift in ShiftsOf(engine.Line, first, _end).Where(shift => !_records.ContainsKey((engine.Line.Id, shift.Start))))
            {
                _records[(engine.Line.Id, shift.Start)] = engine.Compute(shift);
            }
        }
    }

    public void WriteShifts(string path)
    {
        using StreamWriter file = new(path) { NewLine = "\n" };
        file.WriteLine("line,shift,day,start,end,planned_busy_s,run_s,apt_s,minor_stop_s,breakdown_s,setup_s,lack_s,tailback_s,external_s,waiting_s,planned_down_s,nodata_s,total,good,reject,ideal_s,availability,performance,quality,oee,ideal_good_s,wip_change,unplanned_maintenance_s,complete");
        foreach (ShiftRecord record in _records.Values)
        {
            Quantities q = record.Quantities;
            OeeFigures figures = record.Figures;
            file.WriteLine(string.Join(',',
                record.Line, record.Shift, record.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Time(record.Start), Time(record.End),
                Seconds(q.PlannedBusy), Seconds(q[LossCategory.Run]), Seconds(q.Production), Seconds(q[LossCategory.MinorStop]),
                Seconds(q[LossCategory.Breakdown]), Seconds(q[LossCategory.SetUp]), Seconds(q[LossCategory.Lack]),
                Seconds(q[LossCategory.Tailback]), Seconds(q[LossCategory.External]), Seconds(q[LossCategory.Waiting]),
                Seconds(q[LossCategory.PlannedDown]), Seconds(q[LossCategory.NoData]),
                Count(q, q.Total), Count(q, q.Good), Count(q, q.Reject), Number(q.IdealSeconds, "F3"),
                Number(figures.Availability, "F6"), Number(figures.Performance, "F6"), Number(figures.Quality, "F6"), Number(figures.Oee, "F6"),
                Number(q.IdealGoodSeconds, "F3"), Count(q, q.BufferChange), Seconds(q[LossCategory.UnplannedMaintenance]),
                IsComplete(record) ? "true" : "false"));
        }
    }

    /// <summary>Stops in the recorder's time: where a machine's clock is off, its times are moved by the error (<see cref="RecordedClocks"/>).</summary>
    public void WriteStops(string path)
    {
        using StreamWriter file = new(path) { NewLine = "\n" };
        file.WriteLine("line,machine,start,end,bucket,fault_code,cause_machine,lost_s");
        foreach ((string line, Stop stop) in WholeStops())
        {
            file.WriteLine(string.Join(',',
                line, stop.Machine, Time(InPlantTime(line, stop.Machine, stop.Start)), Time(InPlantTime(line, stop.Machine, stop.End)), Name(stop.Category),
                stop.FaultCode.ToString(CultureInfo.InvariantCulture), stop.CauseMachine ?? "", Seconds(stop.Lost)));
        }
    }

    /// <summary>Clock errors, see <see cref="RecordedClocks.Write"/>.</summary>
    public void WriteClocks(string path) => _clocks.Write(path);

    private static string Name(LossCategory category) => category switch
    {
        LossCategory.MinorStop => "minor-stop",
        LossCategory.Breakdown => "breakdown",
        LossCategory.SetUp => "setup",
        LossCategory.Lack => "lack",
        LossCategory.Tailback => "tailback",
        LossCategory.External => "external",
        LossCategory.Waiting => "waiting",
        LossCategory.UnplannedMaintenance => "unplanned-maintenance",
        _ => category.ToString(),
    };

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture);

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Count(Quantities quantities, long units) =>
        quantities.IsCounted ? units.ToString(CultureInfo.InvariantCulture) : "";

    /// <summary>The line's shifts in [from, to); without a shift plan its local days, named "".</summary>
    private static IEnumerable<ShiftInstance> ShiftsOf(Line line, DateTime from, DateTime to) =>
        line.Shifts.Shifts.Count > 0 ? line.Shifts.Between(from, to) : EveryDay(line.Shifts.TimeZone).Between(from, to);

    private static ShiftPlan EveryDay(TimeZoneInfo zone) =>
        new(zone, [new Shift("", TimeOnly.MinValue, TimeOnly.MinValue, Enum.GetValues<DayOfWeek>().ToHashSet(), [])], []);

    /// <summary>Whether the recording holds the shift from start to end; a machine may be silent that long at either.</summary>
    private bool IsComplete(ShiftRecord record) =>
        _firstHeard[record.Line] <= record.Start + Batch.Plant.SilentAfter && record.End <= _end + Batch.Plant.SilentAfter;

    /// <summary>The plan's instants (breaks, shift boundaries) are in plant time already.</summary>
    private DateTime InPlantTime(string line, string machine, DateTime at)
    {
        TimeSpan behind = _clocks.Behind(line, machine);
        return behind == TimeSpan.Zero || IsPlanned(_engines[line].Line.Shifts, at) ? at : at + behind;
    }

    private static bool IsPlanned(ShiftPlan plan, DateTime at) =>
        plan.PlannedStops.Any(stop => stop.Start == at || stop.End == at)
        || plan.Between(at.AddTicks(-1), at.AddTicks(1)).Any(shift =>
            shift.Start == at || shift.End == at || shift.Breaks.Any(pause => pause.Start == at || pause.End == at));

    /// <summary>Stops by line and start; the parts that a shift boundary makes of one are put together again.</summary>
    private List<(string Line, Stop Stop)> WholeStops()
    {
        List<(string Line, Stop Stop)> whole = [];
        Dictionary<(string Line, string Machine), int> last = [];
        foreach (ShiftRecord record in _records.Values)
        {
            foreach (Stop stop in record.Stops)
            {
                if (stop.Category == LossCategory.SetUp && stop.Machine != _engines[record.Line].Line.CriticalMachine.Id)
                {
                    // The truth lists a changeover once, at the critical machine.
                    continue;
                }

                if (stop.Continues && last.TryGetValue((record.Line, stop.Machine), out int at) && whole[at].Stop is { } before
                    && before.End == stop.Start && before.Category == stop.Category)
                {
                    whole[at] = (record.Line, before with { End = stop.End, Lost = before.Lost + stop.Lost });
                    continue;
                }

                last[(record.Line, stop.Machine)] = whole.Count;
                whole.Add((record.Line, stop));
            }
        }

        return whole;
    }

    private void Hand()
    {
        foreach (Reading reading in Batch.Readings.Span)
        {
            string line = reading.Signal.Path.Line;
            if (_engines[line].Accept(reading) && (!_firstHeard.TryGetValue(line, out DateTime first) || reading.EventTime < first))
            {
                _firstHeard[line] = reading.EventTime;
            }
        }

        Readings += Batch.Count;
        Batch.Clear();
        if (_now - _advanced < TimeSpan.FromMinutes(1))
        {
            return;
        }

        _advanced = _now;
        foreach (LineEngine engine in _engines.Values)
        {
            foreach (ShiftRecord record in engine.Advance(_now).Concat(DaysWithoutShifts(engine)))
            {
                Revisions += _records.ContainsKey((record.Line, record.Start)) ? 1 : 0;
                _records[(record.Line, record.Start)] = record;
            }
        }
    }

    /// <summary>Days of a line without a shift plan that are over: their figures are undefined, their counts are not.</summary>
    private IEnumerable<ShiftRecord> DaysWithoutShifts(LineEngine engine)
    {
        if (engine.Line.Shifts.Shifts.Count > 0 || !_firstHeard.TryGetValue(engine.Line.Id, out DateTime first))
        {
            return [];
        }

        DateTime until = _now - engine.Line.AllowedLateness;
        DateTime from = until - TimeSpan.FromDays(2);
        return ShiftsOf(engine.Line, first > from ? first : from, until)
            .Where(day => day.End <= until && !_records.ContainsKey((engine.Line.Id, day.Start)))
            .Select(engine.Compute);
    }
}
