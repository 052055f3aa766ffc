using System.Globalization;
using Linewatch.BottlingPlant.Calendar;
using Linewatch.BottlingPlant.Flow;

namespace Linewatch.BottlingPlant.Truth;

/// <summary>The time model of one complete shift of one line, from the critical machine's true conditions. Times in ms.</summary>
internal sealed class ShiftFigures
{
    public const string Header =
        "line,shift,day,start,end,planned_busy_s,run_s,apt_s,minor_stop_s,breakdown_s,setup_s,lack_s,tailback_s,external_s,waiting_s,planned_down_s,nodata_s," +
        "total,good,reject,ideal_s,availability,performance,quality,oee,ideal_good_s,wip_change";

    public required string Line { get; init; }

    public required PlannedShift Shift { get; init; }

    public required ShiftCounts Counts { get; init; }

    public long Run { get; private set; }

    public long MinorStop { get; private set; }

    public long Breakdown { get; private set; }

    public long SetUp { get; private set; }

    public long Lack { get; private set; }

    public long Tailback { get; private set; }

    public long External { get; private set; }

    public long Waiting { get; private set; }

    public long PlannedDown { get; private set; }

    public long PlannedBusy => (long)(Shift.End - Shift.Start).TotalMilliseconds - PlannedDown;

    public long ActualProduction => Run + MinorStop;

    public double? Availability => Ratio(ActualProduction, PlannedBusy);

    public double? Performance => Ratio(Counts.IdealSeconds * 1000, ActualProduction);

    public double? Quality => Ratio(Counts.IdealGoodSeconds, Counts.IdealSeconds);

    public double? Oee => Ratio(Counts.IdealGoodSeconds * 1000, PlannedBusy);

    /// <summary>The complete shifts of a line, in order.</summary>
    public static IEnumerable<ShiftFigures> Of(LineSimulation line, DateTime start)
    {
        long microStop = (long)line.Model.MicroStop.TotalMilliseconds;
        StateInterval[] states = [.. line.Truth.States.Where(state => state.Machine.Model.Id == line.Model.CriticalMachine).OrderBy(state => state.Start)];
        int next = 0;
        foreach (ShiftCounts counts in line.Truth.Shifts)
        {
            ShiftFigures figures = new() { Line = line.Model.Id, Shift = counts.Shift, Counts = counts };
            long from = (long)(counts.Shift.Start - start).TotalMilliseconds;
            long to = (long)(counts.Shift.End - start).TotalMilliseconds;
            while (next > 0 && states[next].End > from)
            {
                next--;
            }

            for (; next < states.Length && states[next].Start < to; next++)
            {
                figures.Add(states[next], from, to, microStop);
            }

            next = Math.Max(0, next - 1);
            yield return figures;
        }
    }

    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Line},{Shift.Name},{Shift.Day:yyyy-MM-dd},{TruthFiles.Time(Shift.Start)},{TruthFiles.Time(Shift.End)},{Seconds(PlannedBusy)},{Seconds(Run)},{Seconds(ActualProduction)},{Seconds(MinorStop)},{Seconds(Breakdown)},{Seconds(SetUp)},{Seconds(Lack)},{Seconds(Tailback)},{Seconds(External)},{Seconds(Waiting)},{Seconds(PlannedDown)},{Seconds(0)},{Counts.Total},{Counts.Good},{Counts.Reject},{Counts.IdealSeconds:F3},{Availability:F6},{Performance:F6},{Quality:F6},{Oee:F6},{Counts.IdealGoodSeconds:F3},{Counts.Total - Counts.Good - Counts.Reject}");

    private static string Seconds(long milliseconds) => (milliseconds / 1000.0).ToString("F3", CultureInfo.InvariantCulture);

    private static double? Ratio(double numerator, double denominator) => denominator > 0 ? numerator / denominator : null;

    private void Add(StateInterval state, long from, long to, long microStop)
    {
        long length = Math.Min(state.End, to) - Math.Max(state.Start, from);
        if (length <= 0)
        {
            return;
        }

        switch (state.Condition)
        {
            case Condition.Run: Run += length; break;
            case Condition.OwnFailure when state.End - state.Start < microStop: MinorStop += length; break;
            case Condition.OwnFailure: Breakdown += length; break;
            case Condition.SetUp: SetUp += length; break;
            case Condition.Lack or Condition.LackBranch: Lack += length; break;
            case Condition.Tailback: Tailback += length; break;
            case Condition.External: External += length; break;
            case Condition.Waiting: Waiting += length; break;
            case Condition.PlannedDown: PlannedDown += length; break;
            default: throw new InvalidOperationException($"{Line}: condition {state.Condition} within a shift");
        }
    }
}
