namespace Linewatch.Analytics.Planning;

/// <summary>
/// Puts the jobs of stops on people and machines: nobody and no machine does two jobs at once, each job lies within its stop and within
/// the working time of who does it. A job begins as early as what is booked before it allows. Times are seconds from any origin.
/// Immutable, safe to share.
/// </summary>
public sealed class Timetable
{
    private readonly IReadOnlyList<TimetableJob> _jobs;
    private readonly IReadOnlyList<Span> _stops;
    private readonly IReadOnlyList<TimetablePerson> _people;
    private readonly Dictionary<int, Span[]> _machineBusy;
    private readonly int[] _group;

    /// <param name="jobs">What each job needs.</param>
    /// <param name="stops">When each stop is.</param>
    /// <param name="people">Who can work, and when not.</param>
    /// <param name="machineBusy">When machines are taken by work that is not to be moved.</param>
    public Timetable(
        IReadOnlyList<TimetableJob> jobs, IReadOnlyList<Span> stops, IReadOnlyList<TimetablePerson> people, IEnumerable<(int Machine, Span Busy)> machineBusy)
    {
        _jobs = jobs;
        _stops = stops;
        _people = people;
        _machineBusy = machineBusy.GroupBy(busy => busy.Machine, busy => busy.Busy).ToDictionary(busy => busy.Key, busy => busy.ToArray());
        (_group, Groups) = Grouped(stops);
    }

    /// <summary>The machine a job is done on.</summary>
    public int MachineOf(int job) => _jobs[job].Machine;

    /// <summary>Working time that the people of a skill have within a stop, in seconds.</summary>
    public long Capacity(int stop, int skill)
    {
        long sum = 0;
        foreach (TimetablePerson person in _people)
        {
            if (person.Skill == skill)
            {
                sum += _stops[stop].Length - Covered(person.Busy, _stops[stop]);
            }
        }

        return sum;
    }

    /// <summary>Books jobs one after the other, in the order of their numbers; null when one does not fit any more.</summary>
    /// <param name="stops">The stop of each job, or <see cref="AssignmentProblem.Unplanned"/>.</param>
    public IReadOnlyList<Booking>? Book(IReadOnlyList<int> stops)
    {
        List<Booking> bookings = [];
        long work = 0;
        for (int job = 0; job < stops.Count; job++)
        {
            if (stops[job] == AssignmentProblem.Unplanned)
            {
                continue;
            }

            if (Find(bookings, job, stops[job], ref work) is not { } booking)
            {
                return null;
            }

            bookings.Add(booking);
        }

        return bookings;
    }

    /// <summary>Number of groups of stops that overlap, directly or through others.</summary>
    internal int Groups { get; }

    /// <summary>The group of stops that a stop overlaps.</summary>
    internal int GroupOf(int stop) => _group[stop];

    /// <summary>The earliest booking of a job beside what is taken, or null.</summary>
    /// <param name="taken">Bookings in the stop's group.</param>
    /// <param name="job">A job that is not booked.</param>
    /// <param name="stop">Its stop.</param>
    /// <param name="work">Grows by the number of spans compared.</param>
    internal Booking? Find(List<Booking> taken, int job, int stop, ref long work)
    {
        Booking? earliest = null;
        for (int person = 0; person < _people.Count; person++)
        {
            if (_people[person].Skill == _jobs[job].Skill
                && FirstGap(job, person, _stops[stop], taken, ref work) is { } start
                && (earliest is null || start < earliest.Value.Time.Start))
            {
                earliest = new Booking(job, stop, person, new Span(start, start + _jobs[job].Seconds));
            }
        }

        return earliest;
    }

    /// <summary>The earliest start in a window at which neither person nor machine is taken.</summary>
    private long? FirstGap(int job, int person, Span window, List<Booking> bookings, ref long work)
    {
        TimetableJob needs = _jobs[job];
        long start = window.Start;
        while (start + needs.Seconds <= window.End)
        {
            work += bookings.Count + _people[person].Busy.Count + 1;
            Span wanted = new(start, start + needs.Seconds);
            long later = Math.Max(
                AfterAny(_people[person].Busy, wanted),
                AfterAny(_machineBusy.TryGetValue(needs.Machine, out Span[]? busy) ? busy : [], wanted));
            foreach (Booking booking in bookings)
            {
                if ((booking.Person == person || _jobs[booking.Job].Machine == needs.Machine) && booking.Time.Meets(wanted))
                {
                    later = Math.Max(later, booking.Time.End);
                }
            }

            if (later == start)
            {
                return start;
            }

            start = later;
        }

        return null;
    }

    /// <summary>The latest end of those spans that meet the wanted one; its own start when none does.</summary>
    private static long AfterAny(IReadOnlyList<Span> busy, Span wanted)
    {
        long later = wanted.Start;
        for (int i = 0; i < busy.Count; i++)
        {
            if (busy[i].Meets(wanted))
            {
                later = Math.Max(later, busy[i].End);
            }
        }

        return later;
    }

    private static long Covered(IReadOnlyList<Span> busy, Span window)
    {
        long covered = 0;
        long reached = window.Start;
        foreach (Span span in busy.OrderBy(span => span.Start))
        {
            long from = Math.Max(span.Start, reached);
            long to = Math.Min(span.End, window.End);
            if (to > from)
            {
                covered += to - from;
                reached = to;
            }
        }

        return covered;
    }

    /// <summary>Numbers the groups of stops that overlap, directly or through others.</summary>
    private static (int[] GroupOf, int Groups) Grouped(IReadOnlyList<Span> stops)
    {
        int[] group = new int[stops.Count];
        int last = -1;
        long end = long.MinValue;
        foreach (int stop in Enumerable.Range(0, stops.Count).OrderBy(stop => stops[stop].Start).ThenBy(stop => stop))
        {
            last += stops[stop].Start >= end ? 1 : 0;
            group[stop] = last;
            end = Math.Max(end, stops[stop].End);
        }

        return (group, last + 1);
    }
}

/// <summary>A span of time [start, end), in seconds.</summary>
public readonly record struct Span(long Start, long End)
{
    /// <summary>Length in seconds.</summary>
    public long Length => End - Start;

    /// <summary>Whether the two have time in common.</summary>
    public bool Meets(Span other) => Start < other.End && other.Start < End;
}

/// <summary>What a job needs of the timetable: one person of a skill, and the machine to itself.</summary>
/// <param name="Skill">Number of the skill.</param>
/// <param name="Machine">Number of the machine.</param>
/// <param name="Seconds">How long.</param>
public readonly record struct TimetableJob(int Skill, int Machine, long Seconds);

/// <summary>Somebody who can be planned.</summary>
/// <param name="Skill">Number of the skill.</param>
/// <param name="Busy">When not: off shift, absent, on work that is not to be moved.</param>
public sealed record TimetablePerson(int Skill, IReadOnlyList<Span> Busy);

/// <summary>One job in its place.</summary>
/// <param name="Job">Number of the job.</param>
/// <param name="Stop">Number of the stop.</param>
/// <param name="Person">Number of the person.</param>
/// <param name="Time">From when to when.</param>
public readonly record struct Booking(int Job, int Stop, int Person, Span Time);
