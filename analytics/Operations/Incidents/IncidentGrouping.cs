using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;

namespace Linewatch.Operations.Incidents;

/// <summary>
/// Decides which incident an alert belongs to. Pure: incidents and plant in, decision out. Follows domain.md §4: starved
/// machines look upstream and blocked ones downstream for a machine that stopped by its own or an external failure;
/// silence is never a cause of a stop.
/// </summary>
internal static class IncidentGrouping
{
    /// <summary>Machines that fail together by external failure share a utility if they do so within this.</summary>
    private static readonly TimeSpan UtilityWithin = TimeSpan.FromMinutes(2);

    private const int UtilityMachines = 2;

    /// <summary>Machines that fall silent together share a way in if they do so within this.</summary>
    private static readonly TimeSpan SilenceWithin = TimeSpan.FromMinutes(10);

    private const int SilentMachines = 3;

    /// <summary>Clocks of neighbouring machines differ, and delays of rules too.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>How long before an alert an incident may have closed and still be its cause, besides the buffers between.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromHours(1);

    /// <summary>Where the alert goes.</summary>
    /// <param name="alert">The alert that is annunciated now.</param>
    /// <param name="incidents">Incidents that are open, or closed within <see cref="LookBack"/> before the alert; oldest first.</param>
    /// <param name="plant">Lines and conveyors.</param>
    public static IncidentDecision Decide(Alert alert, IReadOnlyList<Incident> incidents, Plant plant)
    {
        Incident[] open = [.. incidents.Where(incident => incident.State == IncidentState.Open)];
        return alert.Cause switch
        {
            AlertCause.Silence => Shared(alert, open, IncidentKind.IngestSilence, SilenceWithin, SilentMachines),
            AlertCause.ExternalFailure => Shared(alert, open, IncidentKind.Utility, UtilityWithin, UtilityMachines),
            AlertCause.Starved or AlertCause.Blocked => Consequence(alert, incidents, plant),
            AlertCause.OwnFailure or AlertCause.Material => Root(alert, open, plant),
            _ => open.FirstOrDefault(incident => IsAt(incident, alert) && incident.Cause != AlertCause.Silence && incident.OpenedAt >= alert.LastRaisedAt - LookBack) is { } here
                ? IncidentDecision.Join(here)
                : IncidentDecision.Open,
        };
    }

    /// <summary>Several machines hit by one thing: the first is an incident of its machine, with enough of them it becomes the plant's.</summary>
    private static IncidentDecision Shared(Alert alert, Incident[] open, IncidentKind kind, TimeSpan within, int machines)
    {
        if (open.FirstOrDefault(incident => incident.Kind == kind) is { } shared)
        {
            return IncidentDecision.Join(shared);
        }

        Incident[] alike = [.. open.Where(incident => incident.Cause == alert.Cause && (alert.RaisedAt - incident.OpenedAt).Duration() <= within)];
        if (alike.FirstOrDefault(incident => IsAt(incident, alert)) is { } same)
        {
            return IncidentDecision.Join(same);
        }

        return alike.Length + 1 < machines
            ? IncidentDecision.Open
            : new IncidentDecision(alike[0], alike[1..], kind, BecomesRoot: false);
    }

    /// <summary>
    /// A starved or blocked machine belongs to what stopped the machine it waits for; where nothing explains it, to the
    /// machine that waits already, of which the one nearer to the unknown cause is the root.
    /// </summary>
    private static IncidentDecision Consequence(Alert alert, IReadOnlyList<Incident> incidents, Plant plant)
    {
        if (!plant.TryGetLine(alert.Line, out Line? line))
        {
            return IncidentDecision.Open;
        }

        int here = line.IndexOf(alert.Machine);
        Incident[] near = [.. incidents.Where(incident => incident.Line == alert.Line && incident.Kind == IncidentKind.Machine && IsInTime(line, incident, alert, here))];
        Incident? cause = near
            .Where(incident => CanStop(incident) && line.CanWaitFor(here, line.IndexOf(incident.Machine), alert.Cause))
            .OrderBy(incident => IsWaiting(incident.Cause)).ThenBy(incident => Math.Abs(line.IndexOf(incident.Machine) - here))
            .FirstOrDefault();
        cause ??= incidents.FirstOrDefault(incident => incident is { State: IncidentState.Open, Kind: IncidentKind.Utility });
        cause ??= near.FirstOrDefault(incident => IsAt(incident, alert) && incident.Cause != AlertCause.Silence);
        if (cause is not null)
        {
            return IncidentDecision.Join(cause);
        }

        Incident? behind = near.FirstOrDefault(incident => incident.State == IncidentState.Open
            && IsWaiting(incident.Cause) && line.CanWaitFor(line.IndexOf(incident.Machine), here, incident.Cause));
        return behind is null ? IncidentDecision.Open : new IncidentDecision(behind, [], behind.Kind, BecomesRoot: true);
    }

    /// <summary>A machine that failed by itself takes over the incidents of neighbours that were starved or blocked before it was known.</summary>
    private static IncidentDecision Root(Alert alert, Incident[] open, Plant plant)
    {
        // What stands since long is another story: a new stop of the machine is a new incident, and people hear of it.
        Incident? same = open.FirstOrDefault(incident => IsAt(incident, alert) && incident.Cause != AlertCause.Silence && incident.OpenedAt >= alert.LastRaisedAt - LookBack);
        Incident[] consequences = plant.TryGetLine(alert.Line, out Line? line)
            ? [.. open.Where(incident => incident != same && incident.Line == alert.Line && incident.Kind == IncidentKind.Machine && IsConsequence(line, incident, alert))]
            : [];
        if (same is not null)
        {
            return new IncidentDecision(same, consequences, same.Kind, BecomesRoot: !IsRoot(same.Cause) && same.Kind == IncidentKind.Machine);
        }

        return consequences is [Incident first, .. Incident[] rest]
            ? new IncidentDecision(first, rest, IncidentKind.Machine, BecomesRoot: true)
            : IncidentDecision.Open;
    }

    private static bool IsConsequence(Line line, Incident incident, Alert root) =>
        IsWaiting(incident.Cause)
        && incident.OpenedAt >= root.LastRaisedAt - Tolerance
        && line.CanWaitFor(line.IndexOf(incident.Machine), line.IndexOf(root.Machine), incident.Cause);

    private static bool IsWaiting(AlertCause cause) => cause is AlertCause.Starved or AlertCause.Blocked;

    private static bool IsRoot(AlertCause cause) => cause is AlertCause.OwnFailure or AlertCause.ExternalFailure or AlertCause.Material;

    /// <summary>A failure or missing material stops neighbours; so does a machine that itself waits.</summary>
    private static bool CanStop(Incident incident) => IsRoot(incident.Cause) || IsWaiting(incident.Cause);

    /// <summary>The cause began before, and had not ended longer ago than the buffers between can hide.</summary>
    private static bool IsInTime(Line line, Incident incident, Alert alert, int here)
    {
        TimeSpan reach = Reach(line, line.IndexOf(incident.Machine), here) + Tolerance;
        return incident.OpenedAt <= alert.LastRaisedAt + Tolerance
            && (incident.ClosedAt is not { } closed || closed >= alert.LastRaisedAt - reach);
    }

    private static TimeSpan Reach(Line line, int a, int b)
    {
        TimeSpan reach = TimeSpan.Zero;
        for (int i = Math.Max(0, Math.Min(a, b)); i < Math.Max(a, b); i++)
        {
            Conveyor? conveyor = line.Conveyors.FirstOrDefault(c => c.From == line.Machines[i].Id && c.To == line.Machines[i + 1].Id);
            reach += (conveyor?.Capacity ?? TimeSpan.Zero) + (conveyor?.Transport ?? TimeSpan.Zero);
        }

        return reach;
    }

    private static bool IsAt(Incident incident, Alert alert) => incident.Line == alert.Line && incident.Machine == alert.Machine;
}

/// <summary>Where an alert goes.</summary>
/// <param name="Into">The incident it joins; null = a new one.</param>
/// <param name="Absorbed">Incidents that turn out to be part of it.</param>
/// <param name="Kind">What kind of trouble it is from now on.</param>
/// <param name="BecomesRoot">Whether the incident is now about this alert.</param>
internal sealed record IncidentDecision(Incident? Into, IReadOnlyList<Incident> Absorbed, IncidentKind Kind, bool BecomesRoot)
{
    /// <summary>A new incident of the alert's machine.</summary>
    public static IncidentDecision Open { get; } = new(null, [], IncidentKind.Machine, BecomesRoot: true);

    /// <summary>One more alert of an incident.</summary>
    public static IncidentDecision Join(Incident incident) => new(incident, [], incident.Kind, BecomesRoot: false);
}
