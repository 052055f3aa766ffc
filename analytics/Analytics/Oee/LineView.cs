using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>
/// The buckets of all machines of a line around one window, as far as known at a horizon. What a shift and a snapshot
/// are computed from; made anew for each, so that a figure depends on the readings alone.
/// </summary>
internal sealed class LineView
{
    public LineView(Line line, IReadOnlyList<MachineTrack> tracks, OrderTimes? orders, long from, long to, long horizon)
    {
        Line = line;
        Tracks = tracks;
        From = from;
        To = to;
        Horizon = horizon;
        Plan = PlanSegment.Between(line.Shifts, from, to);
        Timelines = new List<BucketInterval>[tracks.Count];
        for (int i = 0; i < tracks.Count; i++)
        {
            Timelines[i] = BucketTimeline.Build(tracks[i], orders, Plan, from, to, horizon);
        }
    }

    public Line Line { get; }

    public IReadOnlyList<MachineTrack> Tracks { get; }

    public long From { get; }

    public long To { get; }

    public long Horizon { get; }

    public List<PlanSegment> Plan { get; }

    /// <summary>For each machine of the line, its intervals tiling [From, To).</summary>
    public List<BucketInterval>[] Timelines { get; }

    /// <summary>First fault of a stop, latched at its entry: the first code other than 0 in it, published a little early perhaps.</summary>
    public int FaultOf(int machine, BucketInterval stop, long tolerance)
    {
        EventSeries<double> faults = Tracks[machine].Faults;
        int index = faults.At(stop.Start);
        if (index >= 0 && Code(faults.Value(index)) is not 0 and int atEntry)
        {
            return atEntry;
        }

        for (index++; index < faults.Count && faults.Time(index) < stop.End && faults.Time(index) <= Horizon; index++)
        {
            if (Code(faults.Value(index)) is not 0 and int first)
            {
                return first;
            }
        }

        // Nothing within the stop: the fault may have been cleared just as the state arrived.
        index = faults.At(stop.Start - 1);
        return index >= 1 && Code(faults.Value(index)) == 0 && stop.Start - faults.Time(index) <= tolerance
            ? Code(faults.Value(index - 1))
            : 0;

        static int Code(double value) => double.IsNaN(value) ? 0 : (int)value;
    }
}
