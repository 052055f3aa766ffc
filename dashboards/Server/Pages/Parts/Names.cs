using Linewatch.Operations.Alerts;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;

namespace Linewatch.Server.Pages.Parts;

/// <summary>Words for people: places, states, causes.</summary>
internal static class Names
{
    /// <summary>Line, machine and signal by their names in the plant file; the plant's name where several lines are hit.</summary>
    public static string Place(Plant plant, string line, string machine, string? signal = null)
    {
        if (!plant.TryGetLine(line, out Line? known))
        {
            return line.Length == 0 ? plant.Name : string.Join(" · ", new[] { line, machine, signal }.Where(name => !string.IsNullOrEmpty(name)));
        }

        Machine? of = known.Machines.FirstOrDefault(each => each.Id == machine);
        string? name = of?.Signals.FirstOrDefault(each => each.Path.Signal == signal)?.Name;
        return string.Join(" · ", new[] { known.Name, of?.Name ?? machine, name }.Where(part => !string.IsNullOrEmpty(part)));
    }

    /// <summary>Address of the page that shows where an alert comes from.</summary>
    public static string Address(Plant plant, Alert alert) =>
        alert.Line.Length == 0 ? ""
        : plant.Signals.FirstOrDefault(each => each.Path.Line == alert.Line && each.Path.Machine == alert.Machine && each.Path.Signal == alert.Signal) is { } signal
            ? $"lines/{alert.Line}?signal={Uri.EscapeDataString(signal.Path.ToString())}&range=8h#signal"
            : $"lines/{alert.Line}";

    /// <summary>An alert's state.</summary>
    public static string Of(AlertState state) => state switch
    {
        AlertState.Normal => "Closed",
        AlertState.Unacknowledged => "New",
        AlertState.Acknowledged => "Acknowledged",
        AlertState.ReturnedUnacknowledged => "Gone, not seen",
        AlertState.LatchedUnacknowledged => "Latched, not seen",
        AlertState.LatchedAcknowledged => "Latched",
        AlertState.SuppressedByDesign => "Suppressed by design",
        AlertState.OutOfService => "Out of service",
        _ => state.ToString(),
    };

    /// <summary>An incident's state, with whether anybody has taken it on.</summary>
    public static string Of(Incident incident) => (incident.State, incident.AcknowledgedBy) switch
    {
        (IncidentState.Merged, _) => "Part of another",
        (IncidentState.Open, null) => "New",
        (IncidentState.Open, _) => "Acknowledged",
        (_, null) => "Over, not seen",
        _ => "Over",
    };

    /// <summary>What an alert tells of, in few words.</summary>
    public static string Of(AlertCause cause) => cause switch
    {
        AlertCause.OwnFailure => "failed",
        AlertCause.ExternalFailure => "external failure",
        AlertCause.Material => "without material",
        AlertCause.Starved => "starved",
        AlertCause.Blocked => "blocked",
        AlertCause.Silence => "silent",
        _ => "unusual",
    };

    /// <summary>A work order's state.</summary>
    public static string Of(WorkOrderState state) => state == WorkOrderState.InProgress ? "In progress" : state.ToString();
}
