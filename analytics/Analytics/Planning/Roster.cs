namespace Linewatch.Analytics.Planning;

/// <summary>An assignment under construction: who is where and when, what is free. Constraints hold at every moment.</summary>
internal sealed class Roster
{
    private readonly AssignmentProblem _problem;
    private readonly long[][] _free;
    private readonly Seat[] _seats;
    private readonly List<int>[] _jobsAt;
    private readonly List<Booking>[] _bookings;
    private long _work;

    public Roster(AssignmentProblem problem)
    {
        _problem = problem;
        _free = [.. problem.Capacity.Select(row => (long[])row.Clone())];
        _seats = new Seat[problem.Jobs];
        Array.Fill(_seats, Seat.None);
        _jobsAt = [.. Enumerable.Range(0, problem.Stops).Select(_ => new List<int>())];
        _bookings = [.. Enumerable.Range(0, problem.Timetable?.Groups ?? 0).Select(_ => new List<Booking>())];
    }

    /// <summary>Effort spent so far: stops looked at and spans of the timetable compared.</summary>
    public long Work => _work;

    public int this[int job] => _seats[job].Stop;

    public Seat SeatOf(int job) => _seats[job];

    public List<int> JobsAt(int stop) => _jobsAt[stop];

    public long Free(int stop, int skill) => _free[stop][skill];

    /// <summary>Adds to <see cref="Work"/>.</summary>
    public void Count(int looks) => _work += looks;

    /// <summary>Whether an unplanned job fits into a stop that it may go to.</summary>
    public bool Fits(int job, int stop) =>
        _problem.Seconds[job] <= _free[stop][_problem.Skill[job]]
        && (_problem.Timetable is not { } timetable || timetable.Find(_bookings[timetable.GroupOf(stop)], job, stop, ref _work) is not null);

    /// <summary>Puts an unplanned job where it <see cref="Fits"/>.</summary>
    public void Put(int job, int stop) => Put(
        job,
        new Seat(stop, stop == AssignmentProblem.Unplanned || _problem.Timetable is not { } timetable ? null : timetable.Find(_bookings[timetable.GroupOf(stop)], job, stop, ref _work)));

    /// <summary>Puts an unplanned job where it was, or where a roster that agrees on who else is there has it.</summary>
    public void Put(int job, Seat seat)
    {
        _seats[job] = seat;
        if (seat.Stop == AssignmentProblem.Unplanned)
        {
            return;
        }

        _jobsAt[seat.Stop].Add(job);
        _free[seat.Stop][_problem.Skill[job]] -= _problem.Seconds[job];
        if (seat.Booking is { } booking)
        {
            _bookings[_problem.Timetable!.GroupOf(seat.Stop)].Add(booking);
        }
    }

    /// <summary>Takes a job out of its stop, if it has one; returns where it was.</summary>
    public Seat Take(int job)
    {
        Seat seat = _seats[job];
        if (seat.Stop != AssignmentProblem.Unplanned)
        {
            _seats[job] = Seat.None;
            _jobsAt[seat.Stop].Remove(job);
            _free[seat.Stop][_problem.Skill[job]] += _problem.Seconds[job];
            if (seat.Booking is { } booking)
            {
                _bookings[_problem.Timetable!.GroupOf(seat.Stop)].Remove(booking);
            }
        }

        return seat;
    }
}

/// <summary>Where a job is: its stop, and who does it when where there is a timetable.</summary>
internal readonly record struct Seat(int Stop, Booking? Booking)
{
    public static Seat None { get; } = new(AssignmentProblem.Unplanned, null);
}
