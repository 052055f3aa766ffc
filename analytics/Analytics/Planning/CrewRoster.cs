using Linewatch.Plants;

namespace Linewatch.Analytics.Planning;

/// <summary>The plant's people as the timetable sees them: when they are off shift, away or on a pinned job.</summary>
internal sealed class CrewRoster
{
    private readonly DateTime _origin;
    private readonly List<List<Span>> _busy = [];
    private readonly List<(int Skill, int Number)> _people = [];
    private readonly List<string> _skills = [];

    public CrewRoster(Plant plant, DateTime from, DateTime to)
    {
        _origin = from;
        foreach (Crew crew in plant.Maintenance.Crews)
        {
            int skill = SkillOf(crew.Skill);
            List<Span> offShift = OffShift(plant, crew, from, to);
            for (int number = 1; number <= crew.People; number++)
            {
                int rank = number;
                _people.Add((skill, number));
                _busy.Add([.. offShift, .. crew.Absences.Where(absence => rank <= absence.People).Select(absence => Seconds(absence.Start, absence.End))]);
            }
        }
    }

    /// <summary>Everybody, by the number that bookings give.</summary>
    public IReadOnlyList<TimetablePerson> People => [.. _people.Select((person, i) => new TimetablePerson(person.Skill, _busy[i]))];

    /// <summary>The number of a skill; one that nobody has gets a number too.</summary>
    public int SkillOf(string skill)
    {
        int known = _skills.IndexOf(skill);
        if (known < 0)
        {
            known = _skills.Count;
            _skills.Add(skill);
        }

        return known;
    }

    public int Skills => _skills.Count;

    /// <summary>Number within the crew, from 1.</summary>
    public int NumberOf(int person) => _people[person].Number;

    /// <summary>Takes somebody of a skill for a pinned job: who is free, or else the first, since people decided so.</summary>
    public void Pin(int skill, DateTime start, DateTime end)
    {
        Span span = Seconds(start, end);
        int chosen = -1;
        for (int person = 0; person < _people.Count; person++)
        {
            if (_people[person].Skill == skill)
            {
                chosen = chosen < 0 ? person : chosen;
                if (!_busy[person].Exists(busy => busy.Start < span.End && span.Start < busy.End))
                {
                    chosen = person;
                    break;
                }
            }
        }

        if (chosen >= 0)
        {
            _busy[chosen].Add(span);
        }
    }

    /// <summary>A span of time in seconds from the plan's beginning.</summary>
    public Span Seconds(DateTime start, DateTime end) =>
        new((long)Math.Ceiling((start - _origin).TotalSeconds), (long)Math.Floor((end - _origin).TotalSeconds));

    private List<Span> OffShift(Plant plant, Crew crew, DateTime from, DateTime to)
    {
        if (crew.Shifts.Count == 0)
        {
            return [];
        }

        // A stop may reach beyond the plan's end.
        DateTime end = to.AddDays(2);
        List<Span> off = [];
        DateTime reached = from;
        foreach (ShiftInstance shift in plant.Lines
            .SelectMany(line => line.Shifts.Between(from, end))
            .Where(shift => crew.Shifts.Contains(shift.Name))
            .OrderBy(shift => shift.Start))
        {
            if (shift.Start > reached)
            {
                off.Add(Seconds(reached, shift.Start));
            }

            reached = shift.End > reached ? shift.End : reached;
        }

        off.Add(Seconds(reached, end > reached ? end : reached.AddDays(2)));
        return off;
    }
}
