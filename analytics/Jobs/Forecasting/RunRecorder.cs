using Linewatch.Analytics.Prognosis;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Storage;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// Keeps the run of every component that a closed order found failed or worn, once; a finding corrected later corrects the run.
/// Idempotent: what is kept depends on orders and readings alone.
/// </summary>
internal sealed class RunRecorder(ComponentRunBook runs, IReadingStore store, TimeSpan window)
{
    private const int MostSamples = 240;

    /// <summary>A run that began before anything was kept is taken this far back.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>Keeps what is new or corrected; returns how many.</summary>
    /// <param name="plant">The plant.</param>
    /// <param name="done">Closed orders.</param>
    /// <param name="known">The runs kept before.</param>
    /// <param name="cancellationToken">Gives up; what is kept by then stays.</param>
    public async Task<int> RecordAsync(Plant plant, IReadOnlyList<WorkOrder> done, IReadOnlyList<ComponentRun> known, CancellationToken cancellationToken)
    {
        Dictionary<string, bool> failed = known.ToDictionary(run => run.Order, run => run.Failed);
        int kept = 0;
        foreach (WorkOrder order in done.Where(order => order is { State: WorkOrderState.Done, EndedAt: not null, Finding: not null }))
        {
            bool isRun = order.Finding is WorkOrderFinding.Failed or WorkOrderFinding.Worn;
            if (!isRun && failed.ContainsKey(order.Id))
            {
                await runs.RemoveAsync(order.Id, cancellationToken);
                kept++;
            }
            else if (isRun && (!failed.TryGetValue(order.Id, out bool before) || before != (order.Finding == WorkOrderFinding.Failed))
                && await RunAsync(plant, order, done, cancellationToken) is { } run)
            {
                await runs.SaveAsync(run, cancellationToken);
                kept++;
            }
        }

        return kept;
    }

    /// <summary>The run that an order ended; null where the plant has no wear signal for its component.</summary>
    private async Task<ComponentRun?> RunAsync(Plant plant, WorkOrder order, IReadOnlyList<WorkOrder> done, CancellationToken cancellationToken)
    {
        if (!plant.TryGetLine(order.Line, out Line? line)
            || line.Machines.FirstOrDefault(each => each.Id == order.Machine) is not { } machine
            || machine.Signals.FirstOrDefault(signal => signal.Wear?.Component == order.Component) is not { Wear: { } wear } shown)
        {
            return null;
        }

        DateTime end = order.EndedAt!.Value;
        DateTime? installed = done
            .Where(other => other is { EndedAt: not null, Finding: WorkOrderFinding.Failed or WorkOrderFinding.Worn }
                && other.EndedAt < end && (other.Line, other.Machine, other.Component) == (order.Line, order.Machine, order.Component))
            .Max(other => other.EndedAt);
        DateTime from = installed > end - Longest ? installed.Value : end - Longest;
        WearSample[] samples = await new RunningSamples(store, from, end, window).ReadAsync(machine, shown, from, cancellationToken);
        double left = (end - from).TotalHours;
        WearReset? reset = WearReset.FindLast(samples, wear.Limit, wear.Rising);
        if (reset is not null)
        {
            // Put right in between without an order: the run that this order ended began then.
            samples = samples[reset.Index..];
            installed = from.AddHours(reset.Hours);
        }

        return new ComponentRun
        {
            Order = order.Id,
            Line = order.Line,
            Machine = order.Machine,
            Component = order.Component,
            InstalledAt = installed,
            BeganUntold = reset is not null,
            EndedAt = end,
            Failed = order.Finding == WorkOrderFinding.Failed,
            Limit = wear.Limit,
            UnitsPerHour = await UnitsPerHourAsync(machine, reset is null ? from : installed!.Value, end, cancellationToken),
            PredictedAt = order.PredictedAt,
            Samples = [.. Thin(samples).Select(sample => sample with { Hours = sample.Hours - left })],
        };
    }

    private async Task<double?> UnitsPerHourAsync(Machine machine, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        if (machine.Find(SignalRole.CountTotal) is not { } total)
        {
            return null;
        }

        // A counter that starts again loses what it counted up to then in that window.
        IReadOnlyList<WindowAggregate> windows = await store.AggregateAsync(total.Path, from, to, window, cancellationToken);
        return windows.Count == 0
            ? null
            : windows.Sum(each => Math.Max(0, each.Last - each.First)) / (windows[^1].Start + window - windows[0].Start).TotalHours;
    }

    /// <summary>Means of neighbours, at most so many; the last ones tell of the failure and are the finest.</summary>
    private static IEnumerable<WearSample> Thin(WearSample[] samples)
    {
        int fine = Math.Min(samples.Length, MostSamples / 2);
        int coarse = samples.Length - fine;
        int each = Math.Max(1, (int)Math.Ceiling(coarse / (MostSamples / 2.0)));
        return samples[..coarse].Chunk(each)
            .Select(part => new WearSample(part.Average(sample => sample.Hours), part.Average(sample => sample.Value)))
            .Concat(samples[coarse..]);
    }
}
