using System.Globalization;

namespace Linewatch.Plants.Yaml;

/// <summary>Reads recurring shifts and planned stops.</summary>
internal sealed class ShiftReader(TimeZoneInfo zone, FaultList faults)
{
    private const int MinutesADay = 24 * 60;
    private const int MinutesAWeek = 7 * MinutesADay;

    /// <summary>The zone local times are in.</summary>
    public TimeZoneInfo Zone => zone;

    public IReadOnlyList<Shift> ReadShifts(YamlSection parent)
    {
        List<(YamlNode Node, Shift Shift)> shifts = [];
        foreach (YamlNode node in parent.List("shifts"))
        {
            if (ReadShift(node) is { } shift)
            {
                shifts.Add((node, shift));
            }
        }

        ReportOverlaps(shifts);
        return [.. shifts.Select(pair => pair.Shift)];
    }

    /// <summary>Planned stops by line id; a stop that names no lines holds for all.</summary>
    public IReadOnlyDictionary<string, List<PlannedStop>> ReadPlannedStops(YamlSection top, IReadOnlyList<string> lines)
    {
        Dictionary<string, List<PlannedStop>> stops = new(StringComparer.Ordinal);
        foreach (YamlNode node in top.List("plannedStops"))
        {
            YamlSection section = new(node, "a planned stop", faults);
            PlannedStopKind kind = section.Require("kind", Scalars.Word(Scalars.Kebab<PlannedStopKind>()), default);
            bool hasStart = section.TryRequire("start", Scalars.LocalDateTime, out DateTime start);
            bool hasEnd = section.TryRequire("end", Scalars.LocalDateTime, out DateTime end);
            IReadOnlyList<string> named = section.List("lines", Scalars.Id);
            section.Finish();
            foreach (string unknown in named.Except(lines))
            {
                section.Fault("lines", $"unknown line '{unknown}'{Nearest.Hint(unknown, [.. lines])}");
            }

            if (!hasStart || !hasEnd)
            {
                continue;
            }

            if (end <= start)
            {
                section.Fault("end", "the planned stop ends at or before its start; allowed: an end after the start");
            }

            PlannedStop stop = new(kind, LocalTime.ToUtc(start, zone), LocalTime.ToUtc(end, zone));
            foreach (string line in named.Count > 0 ? named : lines)
            {
                if (!stops.TryGetValue(line, out List<PlannedStop>? ofLine))
                {
                    stops[line] = ofLine = [];
                }

                ofLine.Add(stop);
            }
        }

        foreach (List<PlannedStop> ofLine in stops.Values)
        {
            ofLine.Sort((a, b) => a.Start.CompareTo(b.Start));
        }

        return stops;
    }

    private Shift? ReadShift(YamlNode node)
    {
        YamlSection section = new(node, "a shift", faults);
        string name = section.Require("name", Scalars.Text, "");
        bool timed = section.TryRequire("start", Scalars.LocalTime, out TimeOnly start)
            & section.TryRequire("end", Scalars.LocalTime, out TimeOnly end);
        HashSet<DayOfWeek> days = [.. section.List("days", Scalars.Day)];
        if (days.Count == 0)
        {
            if (section.Node.Find("days") is null)
            {
                days = [.. Enum.GetValues<DayOfWeek>()];
            }
            else if (section.Node.Find("days")!.Items.Count == 0)
            {
                section.Fault("days", "the shift has no days; leave 'days' out for every day");
            }
        }

        List<PlannedBreak> breaks = [];
        foreach (YamlNode pause in section.List("breaks"))
        {
            YamlSection part = new(pause, "a break", faults);
            bool whole = part.TryRequire("start", Scalars.LocalTime, out TimeOnly from)
                & part.TryRequire("end", Scalars.LocalTime, out TimeOnly to);
            part.Finish();
            if (whole && timed)
            {
                CheckBreak(pause, start, end, from, to);
                breaks.Add(new PlannedBreak(from, to));
            }
        }

        section.Finish();
        breaks.Sort((a, b) => After(start, a.Start).CompareTo(After(start, b.Start)));
        for (int i = 1; i < breaks.Count; i++)
        {
            if (After(start, breaks[i].Start) < After(start, breaks[i - 1].End))
            {
                section.Fault("breaks", string.Create(CultureInfo.InvariantCulture, $"the break at {breaks[i].Start:HH:mm} begins before the break before it has ended"));
            }
        }

        return timed ? new Shift(name, start, end, days, breaks) : null;
    }

    private void CheckBreak(YamlNode at, TimeOnly start, TimeOnly end, TimeOnly from, TimeOnly to)
    {
        int length = Length(start, end);
        int begins = After(start, from);
        int ends = After(start, to);
        if (begins >= length || ends > length || ends <= begins)
        {
            faults.Add(at, string.Create(CultureInfo.InvariantCulture, $"the break {from:HH:mm}–{to:HH:mm} does not lie inside its shift {start:HH:mm}–{end:HH:mm}"));
        }
    }

    private void ReportOverlaps(List<(YamlNode Node, Shift Shift)> shifts)
    {
        List<(int Start, int End, YamlNode Node, string Name)> week = [];
        foreach ((YamlNode node, Shift shift) in shifts)
        {
            foreach (DayOfWeek day in shift.Days)
            {
                int start = ((int)day * MinutesADay) + Minute(shift.Start);
                week.Add((start, start + Length(shift.Start, shift.End), node, shift.Name));
            }
        }

        week.Sort((a, b) => a.Start.CompareTo(b.Start));
        for (int i = 0; i < week.Count; i++)
        {
            (int Start, int End, YamlNode Node, string Name) next = week[(i + 1) % week.Count];
            int nextStart = next.Start + (i + 1 == week.Count ? MinutesAWeek : 0);
            if (nextStart < week[i].End)
            {
                faults.Add(next.Node, $"the shift '{next.Name}' begins before the shift '{week[i].Name}' has ended; shifts of a line do not overlap");
            }
        }
    }

    private static int Minute(TimeOnly time) => (time.Hour * 60) + time.Minute;

    private static int Length(TimeOnly start, TimeOnly end) => end <= start
        ? Minute(end) + MinutesADay - Minute(start)
        : Minute(end) - Minute(start);

    /// <summary>Minutes from the shift's start to a local time of the same or the next day.</summary>
    private static int After(TimeOnly start, TimeOnly time) => (Minute(time) - Minute(start) + MinutesADay) % MinutesADay;
}
