namespace Linewatch.Analytics.Spc;

/// <summary>One zone of a tunnel pasteuriser.</summary>
/// <param name="Residence">How long a bottle is in it while the belt runs.</param>
/// <param name="Temperatures">Its temperature in °C, oldest first.</param>
public sealed record PasteuriserZone(TimeSpan Residence, IReadOnlyList<TimedValue> Temperatures);

/// <summary>What bottles gathered that left a pasteuriser at an instant.</summary>
/// <param name="LeftAt">Event time, UTC.</param>
/// <param name="Units">Pasteurisation units.</param>
/// <param name="Inside">How long they were inside: longer than the zones' residence when the belt stood.</param>
public readonly record struct PasteuriserPassage(DateTime LeftAt, double Units, TimeSpan Inside)
{
    /// <summary>
    /// The bottles that left at an instant, followed back through the zones: the belt moves only while the machine runs, and a
    /// bottle that stands in a zone keeps gathering. Null when readings do not reach back to where they came in.
    /// </summary>
    /// <param name="zones">In the order in which bottles pass.</param>
    /// <param name="running">When the belt ran, [start, end) in order of time, without overlap.</param>
    /// <param name="leftAt">When the bottles left, UTC.</param>
    public static PasteuriserPassage? At(IReadOnlyList<PasteuriserZone> zones, IReadOnlyList<(DateTime Start, DateTime End)> running, DateTime leftAt)
    {
        double units = 0;
        DateTime until = leftAt;
        for (int i = zones.Count - 1; i >= 0; i--)
        {
            if (Back(running, until, zones[i].Residence) is not { } from || zones[i].Temperatures.Count == 0 || zones[i].Temperatures[0].EventTime > from)
            {
                return null;
            }

            units += Gathered(zones[i].Temperatures, from, until);
            until = from;
        }

        return new PasteuriserPassage(leftAt, units, leftAt - until);
    }

    /// <summary>The instant from which the belt ran so long until another; null when it did not run that long.</summary>
    private static DateTime? Back(IReadOnlyList<(DateTime Start, DateTime End)> running, DateTime until, TimeSpan residence)
    {
        TimeSpan left = residence;
        for (int i = running.Count - 1; i >= 0; i--)
        {
            DateTime end = running[i].End < until ? running[i].End : until;
            TimeSpan ran = end - running[i].Start;
            if (ran >= left)
            {
                return end - left;
            }

            left -= ran > TimeSpan.Zero ? ran : TimeSpan.Zero;
        }

        return null;
    }

    private static double Gathered(IReadOnlyList<TimedValue> temperatures, DateTime from, DateTime until)
    {
        PasteurisationUnits units = new();
        int index = Last(temperatures, from);
        units.Add(from, temperatures[index].Value);
        for (index++; index < temperatures.Count && temperatures[index].EventTime < until; index++)
        {
            units.Add(temperatures[index].EventTime, temperatures[index].Value);
        }

        units.Add(until, temperatures[index - 1].Value);
        return units.Total;
    }

    private static int Last(IReadOnlyList<TimedValue> temperatures, DateTime at)
    {
        int low = 0;
        for (int high = temperatures.Count - 1; low < high;)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = temperatures[middle].EventTime <= at ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
