namespace Linewatch.Analytics.Planning;

/// <summary>
/// Puts the jobs of stops on people and machines: nobody and no machine does two jobs at once, each job lies within its stop and within
/// the working time of who does it. Jobs are taken in the order of their stops' ends, the longest first, and begin as early as
/// they can; so the same jobs always get the same times. Times are seconds from any origin. Immutable, safe to share.
/// </summary>
public sealed class Timetable
{
    private readonly IReadOnlyList<TimetableJob> _jobs;
    private readonly IReadOnlyList<Span> _stops;
    private readonly IReadOnlyList<TimetablePerson> _people;
    private readonly Dictionary<int, Span[]> _machineBusy;
    private readonly int[][] _together;

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
        _together = Together(stops);
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

    /// <summary>When and by whom each planned job is done; null when it cannot be done that way.</summary>
    /// <param name="stops">The stop of each job, or <see cref="AssignmentProblem.Unplanned"/>.</param>
    public IReadOnlyList<Booking>? Book(IReadOnlyList<int> stops)
    {
        List<Booking> bookings = [];
        bool fits = Pack(
            [.. Enumerable.Range(0, stops.Count).Where(job => stops[job] != AssignmentProblem.Unplanned).Select(job => (job, stops[job]))], bookings);
        return fits ? bookings : null;
    }

    internal bool Fits(IReadOnlyList<int> stops) => Book(stops) is not null;

    /// <summary>Whether a job can be added to a stop, given who is in it and in the stops that overlap it.</summary>
    /// <param name="jobsAt">Jobs by stop.</param>
    /// <param name="stop">The stop.</param>
    /// <param name="job">A job that is in no stop.</param>
    /// <param name="work">Grows by the number of spans compared, about.</param>
    internal bool Fits(IReadOnlyList<int>[] jobsAt, int stop, int job, ref long work)
    {
        List<(int Job, int Stop)> placed = [(job, stop)];
        foreach (int other in _together[stop])
        {
            foreach (int there in jobsAt[other])
            {
                placed.Add((there, other));
            }
        }

        work += placed.Count * (placed.Count + 4L) * _people.Count;
        return Pack(placed, new List<Booking>(placed.Count));
    }

    private bool Pack(List<(int Job, int Stop)> placed, List<Booking> bookings)
    {
        placed.Sort(InOrder);
        foreach ((int job, int stop) in placed)
        {
            if (EarliestOf(job, stop, bookings) is not { } booking)
            {
                return false;
            }

            bookings.Add(booking);
        }

        return true;
    }

    private int InOrder((int Job, int Stop) a, (int Job, int Stop) b)
    {
        int order = _stops[a.Stop].End.CompareTo(_stops[b.Stop].End);
        order = order != 0 ? order : _jobs[b.Job].Seconds.CompareTo(_jobs[a.Job].Seconds);
        return order != 0 ? order : a.Job.CompareTo(b.Job);
    }

    private Booking? EarliestOf(int job, int stop, List<Booking> bookings)
    {
        Booking? earliest = null;
        for (int person = 0; person < _people.Count; person++)
        {
            if (_people[person].Skill == _jobs[job].Skill
                && FirstGap(job, person, _stops[stop], bookings) is { } start
                && (earliest is null || start < earliest.Value.Time.Start))
            {
                earliest = new Booking(job, stop, person, new Span(start, start + _jobs[job].Seconds));
            }
        }

        return earliest;
    }

    /// <summary>The earliest start in a window at which neither person nor machine is taken.</summary>
    private long? FirstGap(int job, int person, Span window, List<Booking> bookings)
    {
        TimetableJob needs = _jobs[job];
        long start = window.Start;
        while (start + needs.Seconds <= window.End)
        {
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

    /// <summary>For each stop the stops that it overlaps, directly or through others, itself included.</summary>
    private static int[][] Together(IReadOnlyList<Span> stops)
    {
        int[][] together = new int[stops.Count][];
        List<int> chain = [];
        long end = long.MinValue;
        foreach (int stop in Enumerable.Range(0, stops.Count).OrderBy(stop => stops[stop].Start).ThenBy(stop => stop))
        {
            if (stops[stop].Start >= end)
            {
                Close(chain);
                chain = [];
            }

            chain.Add(stop);
            end = Math.Max(end, stops[stop].End);
        }

        Close(chain);
        return together;

        void Close(List<int> members)
        {
            int[] all = [.. members];
            foreach (int member in all)
            {
                together[member] = all;
            }
        }
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
