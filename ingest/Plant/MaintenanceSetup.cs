namespace Linewatch.Plants;

/// <summary>Who maintains the plant, what jobs need and cost, and when lines are changed over. Immutable.</summary>
public sealed class MaintenanceSetup
{
    /// <summary>People who can be planned, by skill. Default: one mechanic and one electrician, at any time.</summary>
    public IReadOnlyList<Crew> Crews { get; init; } = [new Crew("mechanic", 1, [], []), new Crew("electrician", 1, [], [])];

    /// <summary>What jobs on components need and cost; the first that names the component and machine holds.</summary>
    public IReadOnlyList<ComponentCare> Components { get; init; } = [];

    /// <summary>Expected changeovers by line id, by start.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PlannedChangeover>> Changeovers { get; init; } = new Dictionary<string, IReadOnlyList<PlannedChangeover>>();

    /// <summary>Whether a job may stop a producing line when no other stop suits; it then pays for the lost production. Default true.</summary>
    public bool ExtraStops { get; init; } = true;

    /// <summary>What an hour of lost production of a line costs, where its <see cref="Line.UnitMargin"/> does not say. Default 1,500.</summary>
    public double LostHour { get; init; } = 1500;

    /// <summary>What a job on a component needs and costs; never null: what nobody described has the defaults and the first crew's skill.</summary>
    public ComponentCare CareOf(string machine, string component)
    {
        foreach (ComponentCare care in Components)
        {
            if (care.Component.Equals(component, StringComparison.OrdinalIgnoreCase) && (care.Machines.Count == 0 || care.Machines.Contains(machine)))
            {
                return care;
            }
        }

        return new ComponentCare { Component = component, Skill = Crews.Count > 0 ? Crews[0].Skill : "mechanic" };
    }

    /// <summary>
    /// What a failure costs: as described, or else the planned cost and production lost for four times as long as the planned work
    /// takes, since a failure must be found, its parts fetched and the line started again.
    /// </summary>
    public double FailureCostOf(ComponentCare care, Line line) =>
        care.FailureCost ?? (care.PlannedCost + (4 * care.Duration.TotalHours * LostHourOf(line)));

    /// <summary>What an hour of lost production of a line costs, in the plant's currency.</summary>
    public double LostHourOf(Line line) =>
        line is { UnitMargin: { } margin, DefaultProduct: { } product }
            ? (double)margin * line.IdealRates.GetValueOrDefault(product.Id, product.IdealRatePerHour)
            : LostHour;
}

/// <summary>People of one skill.</summary>
/// <param name="Skill">For instance "mechanic".</param>
/// <param name="People">How many, 1 – 100.</param>
/// <param name="Shifts">Names of the shifts they work in; empty = at any time.</param>
/// <param name="Absences">When some of them are away.</param>
public sealed record Crew(string Skill, int People, IReadOnlyList<string> Shifts, IReadOnlyList<Absence> Absences);

/// <summary>People who are away.</summary>
/// <param name="People">How many.</param>
/// <param name="Start">UTC start, inclusive.</param>
/// <param name="End">UTC end, exclusive.</param>
public sealed record Absence(int People, DateTime Start, DateTime End);

/// <summary>A changeover of a line to another product.</summary>
/// <param name="Start">UTC start, inclusive.</param>
/// <param name="End">UTC end, exclusive.</param>
public sealed record PlannedChangeover(DateTime Start, DateTime End);

/// <summary>What replacing a component needs and costs. Money is in the plant's currency.</summary>
public sealed record ComponentCare
{
    /// <summary>What is replaced, as wear limits and work orders call it; letter case does not matter.</summary>
    public required string Component { get; init; }

    /// <summary>Machine ids that it holds for; empty = all.</summary>
    public IReadOnlyList<string> Machines { get; init; } = [];

    /// <summary>Skill of who does it.</summary>
    public required string Skill { get; init; }

    /// <summary>How long one person works on it. Default 2 h.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Cost of the replacement in a planned stop: parts and labour. Default 500.</summary>
    public double PlannedCost { get; init; } = 500;

    /// <summary>Cost of a failure: parts, labour, lost production, scrap and restart; null = see <see cref="MaintenanceSetup.FailureCostOf"/>.</summary>
    public double? FailureCost { get; init; }

    /// <summary>Usual life of the component; prices what an early replacement wastes. Default 180 days.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromDays(180);

    /// <summary>Time from a proposal until its parts are there. Default none: in stock.</summary>
    public TimeSpan PartsLead { get; init; }
}
