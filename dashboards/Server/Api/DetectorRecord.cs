using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Api;

/// <summary>
/// How rules and detectors did by what people said of their alerts and found in work orders. A fault counts as found where an alert was judged
/// true, or told of a breakdown before it; as missed where a component was found failed and none had. Thread-safe.
/// </summary>
internal sealed class DetectorRecord(
    VerdictBook verdicts, AlertBook alerts, WorkOrderBook orders, IReadingStore store, CurrentPlant plant, IOptionsMonitor<AlertRulesOptions> rules, TimeProvider clock)
{
    /// <summary>An alert told of a breakdown that stood within so many days before it; true ones of one machine within so many are one fault.</summary>
    public const int DaysBefore = 14;

    private static readonly TimeSpan Before = TimeSpan.FromDays(DaysBefore);
    private static readonly TimeSpan OldestAlert = TimeSpan.FromDays(60);

    /// <summary>States are looked through backwards in stretches of this: nearly always the first tells.</summary>
    private static readonly TimeSpan Stretch = TimeSpan.FromHours(6);

    /// <summary>The marks of the last days.</summary>
    /// <exception cref="StoreUnavailableException">What the machines did before their breakdowns cannot be read now.</exception>
    public async Task<DetectorMarks> ReadAsync(int days, CancellationToken cancellationToken)
    {
        DateTime from = clock.GetUtcNow().UtcDateTime.AddDays(-days);
        IReadOnlyList<AlertVerdict> ever = await verdicts.ListAsync(from - OldestAlert, cancellationToken);
        AlertVerdict[] judged = [.. ever.Where(verdict => verdict.JudgedAt > from)];
        HashSet<string> untrue = [.. ever.Where(verdict => verdict.Verdict != Judgement.True).Select(verdict => verdict.AlertId)];
        AlertRulesOptions inForce = rules.CurrentValue;
        HashSet<string> ofSensors = [DetectorRules.SensorFault, DetectorRules.Drift, .. inForce.Over(DetectorRules.SensorFault), .. inForce.Over(DetectorRules.Drift)];
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
                        DateTime broke = await BrokeAtAsync(machine, at, cancellationToken);
                        breakdowns.Add(new Breakdown(line.Id, machine.Id, await ToldAsync(line.Id, machine.Id, broke, Tells, cancellationToken)));
                    }
                }
            }
        }

        return DetectorMarks.Of(judged, breakdowns, days, plant.Value, inForce.Over(DetectorRules.Anomaly), ofSensors);

        bool Tells(Alert alert) => !ofSensors.Contains(alert.Rule) && !untrue.Contains(alert.Id);
    }

    /// <summary>Who finds a breakdown opens an order at once; what failed while an order waited was found when work began.</summary>
    private static DateTime? KnownAt(WorkOrder order) =>
        order.Origin is "person" or "alert" && !(order.StartedAt < order.CreatedAt) ? order.CreatedAt : order.StartedAt ?? order.EndedAt;

    /// <summary>
    /// When the machine broke down that was known to be broken at a time: the beginning of its own failure where it has not run since,
    /// else that time. What was told between the stop and the order was told too late.
    /// </summary>
    private async Task<DateTime> BrokeAtAsync(Machine machine, DateTime known, CancellationToken cancellationToken)
    {
        if (machine.Find(SignalRole.State) is not { } state)
        {
            return known;
        }

        DateTime? broke = null;
        bool ran = false;
        for (DateTime end = known; !ran && end > known - Before; end -= Stretch)
        {
            DateTime? failed = null;
            await foreach (Sample sample in store.RangeAsync(state.Path, end - Stretch, end, int.MaxValue, cancellationToken))
            {
                switch (double.IsNaN(sample.Value) ? null : machine.States.States.GetValueOrDefault((int)sample.Value))
                {
                    case Bucket.Run:
                        ran = true;
                        failed = null;
                        break;
                    case Bucket.OwnFailure:
                        failed ??= sample.EventTime;
                        break;
                    default:
                        break;
                }
            }

            broke = failed ?? broke;
        }

        return broke ?? known;
    }

    /// <summary>Alerts of a stop or of silence tell of the breakdown itself, those of sensors of something else.</summary>
    private async Task<IReadOnlyList<Alert>> ToldAsync(string line, string machine, DateTime at, Func<Alert, bool> tells, CancellationToken cancellationToken) =>
    [
        .. (await alerts.ListAsync(new AlertFilter { Line = line, Machine = machine, From = at - OldestAlert, To = at, Limit = 10_000 }, cancellationToken))
            .Where(alert => alert.Cause == AlertCause.Process && tells(alert) && !(alert.ClearedAt < at - Before)),
    ];
}

/// <summary>A component that had failed.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Told">The alerts that stood shortly before.</param>
internal sealed record Breakdown(string Line, string Machine, IReadOnlyList<Alert> Told);
