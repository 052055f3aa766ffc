namespace Linewatch.Plants.Yaml;

/// <summary>Reads the optional section <c>maintenance</c>: crews, components, changeovers.</summary>
internal sealed class MaintenanceReader(TimeZoneInfo zone, FaultList faults)
{
    private const int MostPeople = 100;

    private static readonly ScalarKind<int> People = new($"a whole number from 1 to {MostPeople}", static (text, out value) =>
        Scalars.Code.TryParse(text, out value) && value is >= 1 and <= MostPeople);

    public MaintenanceSetup Read(YamlSection top, IReadOnlyList<Line> lines)
    {
        MaintenanceSetup standard = new();
        if (top.Find("maintenance") is not { } node)
        {
            return standard;
        }

        YamlSection section = new(node, "the maintenance section", faults);
        IReadOnlyList<Crew> crews = ReadCrews(section, [.. lines.SelectMany(line => line.Shifts.Shifts).Select(shift => shift.Name).Distinct(StringComparer.Ordinal)]);
        crews = crews.Count > 0 ? crews : standard.Crews;
        MaintenanceSetup setup = new()
        {
            Crews = crews,
            Components = ReadComponents(section, crews, lines),
            Changeovers = ReadChangeovers(section, [.. lines.Select(line => line.Id)]),
            ExtraStops = section.Optional("extraStops", Scalars.Switch, standard.ExtraStops),
            LostHour = section.Optional("lostHour", Scalars.NotNegative, standard.LostHour),
        };
        section.Finish();
        return setup;
    }

    private List<Crew> ReadCrews(YamlSection parent, string[] shifts)
    {
        List<Crew> crews = [];
        foreach (YamlNode node in parent.List("crews"))
        {
            YamlSection section = new(node, "a crew", faults);
            string skill = section.Require("skill", Scalars.Text, "");
            if (crews.Any(crew => crew.Skill == skill))
            {
                section.Fault("skill", $"the crew of skill '{skill}' is already described above; one crew a skill");
            }

            int people = section.Optional("people", People, 1);
            IReadOnlyList<string> named = section.List("shifts", Scalars.Text);
            CheckKnown(section, "shifts", "shift", named, shifts);
            List<Absence> absences = [];
            foreach (YamlNode away in section.List("absences"))
            {
                YamlSection absence = new(away, "an absence", faults);
                int missing = absence.Optional("people", People, people);
                if (missing > people)
                {
                    absence.Fault("people", $"{missing} people are absent of a crew of {people}; allowed: up to {people}");
                }

                (DateTime start, DateTime end) = ReadSpan(absence);
                absence.Finish();
                absences.Add(new Absence(missing, start, end));
            }

            section.Finish();
            crews.Add(new Crew(skill, people, named, absences));
        }

        return crews;
    }

    private List<ComponentCare> ReadComponents(YamlSection parent, IReadOnlyList<Crew> crews, IReadOnlyList<Line> lines)
    {
        string[] skills = [.. crews.Select(crew => crew.Skill)];
        string[] machines = [.. lines.SelectMany(line => line.Machines).Select(machine => machine.Id).Distinct(StringComparer.Ordinal)];
        List<ComponentCare> components = [];
        foreach (YamlNode node in parent.List("components"))
        {
            YamlSection section = new(node, "the care of a component", faults);
            ComponentCare standard = new() { Component = section.Require("component", Scalars.Text, ""), Skill = skills[0] };
            ComponentCare care = standard with
            {
                Machines = section.List("machines", Scalars.Id),
                Skill = section.Optional("skill", Scalars.Text, standard.Skill),
                Duration = section.Optional("duration", Scalars.Duration, standard.Duration),
                PlannedCost = section.Optional("plannedCost", Scalars.PositiveNumber, standard.PlannedCost),
                FailureCost = section.OptionalStruct("failureCost", Scalars.PositiveNumber),
                Life = section.Optional("life", Scalars.Duration, standard.Life),
                PartsLead = section.Optional("partsLead", Scalars.DurationOrNone, standard.PartsLead),
            };
            CheckKnown(section, "machines", "machine", care.Machines, machines);
            CheckKnown(section, "skill", "skill", [care.Skill], skills);
            section.Finish();
            components.Add(care);
        }

        return components;
    }

    private Dictionary<string, IReadOnlyList<PlannedChangeover>> ReadChangeovers(YamlSection parent, string[] lines)
    {
        Dictionary<string, List<PlannedChangeover>> changeovers = new(StringComparer.Ordinal);
        foreach (YamlNode node in parent.List("changeovers"))
        {
            YamlSection section = new(node, "a changeover", faults);
            (DateTime start, DateTime end) = ReadSpan(section);
            IReadOnlyList<string> named = section.List("lines", Scalars.Id);
            CheckKnown(section, "lines", "line", named, lines);
            section.Finish();
            foreach (string line in named.Count > 0 ? named : lines)
            {
                if (!changeovers.TryGetValue(line, out List<PlannedChangeover>? ofLine))
                {
                    changeovers[line] = ofLine = [];
                }

                ofLine.Add(new PlannedChangeover(start, end));
            }
        }

        return changeovers.ToDictionary(
            pair => pair.Key, pair => (IReadOnlyList<PlannedChangeover>)[.. pair.Value.OrderBy(changeover => changeover.Start)], StringComparer.Ordinal);
    }

    private (DateTime Start, DateTime End) ReadSpan(YamlSection section)
    {
        bool timed = section.TryRequire("start", Scalars.LocalDateTime, out DateTime start)
            & section.TryRequire("end", Scalars.LocalDateTime, out DateTime end);
        if (timed && end <= start)
        {
            section.Fault("end", $"{section.What} ends at or before its start; allowed: an end after the start");
        }

        return (LocalTime.ToUtc(start, zone), LocalTime.ToUtc(end, zone));
    }

    private static void CheckKnown(YamlSection section, string key, string what, IReadOnlyList<string> named, string[] known)
    {
        foreach (string unknown in named.Except(known, StringComparer.Ordinal))
        {
            section.Fault(key, $"unknown {what} '{unknown}'{Nearest.Hint(unknown, known)}");
        }
    }
}
