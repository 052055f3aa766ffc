using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;

namespace Linewatch.Server.Api;

/// <summary>
/// How rules and detectors did by what people said of their alerts and found in work orders. A fault counts as found where an alert was judged
/// true, or told of a breakdown before it; as missed where a component was found failed and none had. Thread-safe.
/// </summary>
internal sealed class DetectorRecord(VerdictBook verdicts, AlertBook alerts, WorkOrderBook orders, CurrentPlant plant, TimeProvider clock)
{
    /// <summary>An alert told of a breakdown that stood within so many days before it; true ones of one machine within so many are one fault.</summary>
    public const int DaysBefore = 14;

    private static readonly TimeSpan Before = TimeSpan.FromDays(DaysBefore);
    private static readonly TimeSpan OldestAlert = TimeSpan.FromDays(60);

    /// <summary>The marks of the last days.</summary>
    public async Task<DetectorMarks> ReadAsync(int days, CancellationToken cancellationToken)
    {
        DateTime from = clock.GetUtcNow().UtcDateTime.AddDays(-days);
        IReadOnlyList<AlertVerdict> ever = await verdicts.ListAsync(from - OldestAlert, cancellationToken);
        AlertVerdict[] judged = [.. ever.Where(verdict => verdict.JudgedAt > from)];
        HashSet<string> untrue = [.. ever.Where(verdict => verdict.Verdict != Judgement.True).Select(verdict => verdict.AlertId)];
        List<Breakdown> breakdowns = [];
        foreach (Line line in plant.Value.Lines)
        {
            foreach (Machine machine in line.Machines)
            {
                foreach (WorkOrder order in await orders.ListAsync(
                    new WorkOrderFilter { State = WorkOrderState.Done, Line = line.Id, Machine = machine.Id, Limit = 10_000 }, cancellationToken))
                {
                    if (order.Finding == WorkOrderFinding.Failed && KnownAt(order) is { } at && at >= from)
                    {
                        breakdowns.Add(new Breakdown(line.Id, machine.Id, await ToldAsync(line.Id, machine.Id, at, untrue, cancellationToken)));
                    }
                }
            }
        }

        return DetectorMarks.Of(judged, breakdowns, days, plant.Value);
    }

    /// <summary>Who finds a breakdown opens an order at once; what failed while an order waited was found when work began.</summary>
    private static DateTime? KnownAt(WorkOrder order) =>
        order.Origin is "person" or "alert" && !(order.StartedAt < order.CreatedAt) ? order.CreatedAt : order.StartedAt ?? order.EndedAt;

    /// <summary>Alerts of a stop or of silence tell of the breakdown itself, those of sensors of something else.</summary>
    private async Task<IReadOnlyList<Alert>> ToldAsync(string line, string machine, DateTime at, HashSet<string> untrue, CancellationToken cancellationToken) =>
    [
        .. (await alerts.ListAsync(new AlertFilter { Line = line, Machine = machine, From = at - OldestAlert, To = at, Limit = 10_000 }, cancellationToken))
            .Where(alert => alert.Cause == AlertCause.Process && TellsOfMachine(alert.Rule) && !untrue.Contains(alert.Id) && !(alert.ClearedAt < at - Before)),
    ];

    /// <summary>Whether a rule tells of the machine rather than of what watches it.</summary>
    public static bool TellsOfMachine(string rule) => rule is not (DetectorRules.SensorFault or DetectorRules.Drift);
}

/// <summary>A component that had failed.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Told">The alerts that stood shortly before.</param>
internal sealed record Breakdown(string Line, string Machine, IReadOnlyList<Alert> Told);
