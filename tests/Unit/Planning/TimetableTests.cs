using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Planning;

namespace Linewatch.Tests.Unit.Planning;

public sealed class TimetableTests
{
    [Fact]
    public void Two_jobs_of_a_machine_follow_each_other_even_with_two_people()
    {
        Timetable timetable = new([new(0, 7, 60), new(0, 7, 40)], [new(0, 100)], [new(0, []), new(0, [])], []);

        IReadOnlyList<Booking>? bookings = timetable.Book([0, 0]);

        Assert.Equal([new Booking(0, 0, 0, new(0, 60)), new Booking(1, 0, 0, new(60, 100))], bookings);
        Assert.Null(new Timetable([new(0, 7, 60), new(0, 7, 41)], [new(0, 100)], [new(0, []), new(0, [])], []).Book([0, 0]));
    }

    [Fact]
    public void One_person_is_not_in_two_stops_that_overlap()
    {
        TimetableJob[] jobs = [new(0, 1, 60), new(0, 2, 60)];
        Span[] stops = [new(0, 100), new(10, 110)];

        Assert.Null(new Timetable(jobs, stops, [new(0, [])], []).Book([0, 1]));
        Assert.NotNull(new Timetable(jobs, stops, [new(0, []), new(0, [])], []).Book([0, 1]));
    }

    [Fact]
    public void Absence_and_work_that_is_not_moved_are_worked_around()
    {
        Timetable timetable = new([new(0, 1, 30)], [new(0, 100)], [new(0, [new(0, 20)])], [(1, new Span(40, 60))]);

        Assert.Equal([new Booking(0, 0, 0, new(60, 90))], timetable.Book([0]));
        Assert.Equal(80, timetable.Capacity(0, 0));
    }

    [Fact]
    public void Skill_that_nobody_has_cannot_be_booked() =>
        Assert.Null(new Timetable([new(1, 1, 30)], [new(0, 100)], [new(0, [])], []).Book([0]));

    [Fact]
    public void Plans_never_book_a_person_or_machine_twice_or_outside_their_time()
    {
        Prop.ForAll(Cases.ToArbitrary(), made =>
        {
            (TimetableJob[] jobs, Span[] stops, TimetablePerson[] people, (int Machine, Span Busy)[] busy, double[][] cost) = made;
            Timetable timetable = new(jobs, stops, people, busy);
            AssignmentProblem problem = new(
                cost,
                [.. jobs.Select(_ => 60.0)],
                [.. jobs.Select(job => job.Skill)],
                [.. jobs.Select(job => job.Seconds)],
                [.. Enumerable.Range(0, stops.Length).Select(stop => new[] { timetable.Capacity(stop, 0), timetable.Capacity(stop, 1) })],
                timetable);
            Assignment plan = AssignmentSearch.Solve(problem, mostWork: 1_000_000, default);
            IReadOnlyList<Booking> bookings = plan.Bookings;
            return bookings.Count == plan.Stops.Count(stop => stop >= 0)
                && bookings.All(booking =>
                    booking.Stop == plan.Stops[booking.Job]
                    && booking.Time.Length == jobs[booking.Job].Seconds
                    && booking.Time.Start >= stops[booking.Stop].Start
                    && booking.Time.End <= stops[booking.Stop].End
                    && people[booking.Person].Skill == jobs[booking.Job].Skill
                    && !people[booking.Person].Busy.Any(span => span.Meets(booking.Time))
                    && !busy.Any(taken => taken.Machine == jobs[booking.Job].Machine && taken.Busy.Meets(booking.Time)))
                && bookings.All(a => bookings.All(b => a.Job == b.Job
                    || !a.Time.Meets(b.Time)
                    || (a.Person != b.Person && jobs[a.Job].Machine != jobs[b.Job].Machine)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private static Gen<(TimetableJob[] Jobs, Span[] Stops, TimetablePerson[] People, (int Machine, Span Busy)[] Busy, double[][] Cost)> Cases =>
        from jobs in (from skill in Gen.Choose(0, 1) from machine in Gen.Choose(0, 3) from seconds in Gen.Choose(5, 40) select new TimetableJob(skill, machine, seconds)).ArrayOf(10)
        from stops in Spans(200).ArrayOf(4)
        from people in (from skill in Gen.Choose(0, 1) from busy in Spans(200).ArrayOf(2) select new TimetablePerson(skill, busy)).ArrayOf(4)
        from taken in (from machine in Gen.Choose(0, 3) from span in Spans(200) select (machine, span)).ArrayOf(2)
        from cost in Gen.Choose(0, 50).ArrayOf(40)
        select (jobs, stops, people, taken, Enumerable.Range(0, 10).Select(job => Enumerable.Range(0, 4).Select(stop => (double)cost[(job * 4) + stop]).ToArray()).ToArray());

    private static Gen<Span> Spans(int until) =>
        from start in Gen.Choose(0, until)
        from length in Gen.Choose(1, 60)
        select new Span(start, start + length);
}
