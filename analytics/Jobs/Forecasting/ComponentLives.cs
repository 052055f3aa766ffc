using Linewatch.Analytics.Prognosis;
using Linewatch.Operations.WorkOrders;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// Lives of a kind of component, learned from closed work orders on every machine that has it: from one replacement to the
/// next. Found failed, a life is complete; found worn, it is only known to have lasted so long, as is the life that still runs. An order that
/// found the component sound, something else or nothing replaced nothing.
/// </summary>
internal sealed class ComponentLives
{
    private readonly Weibull? _life;
    private readonly Dictionary<(string Line, string Machine), DateTime> _replacedAt;

    private ComponentLives(IReadOnlyList<ObservedLife> lives, Dictionary<(string Line, string Machine), DateTime> replacedAt)
    {
        Lives = lives.Count;
        Failures = lives.Count(life => life.Failed);
        _life = WeibullFit.Fit(lives);
        _replacedAt = replacedAt;
    }

    /// <summary>Number of lives, complete or not.</summary>
    public int Lives { get; }

    /// <summary>Number of lives that ended in a failure.</summary>
    public int Failures { get; }

    /// <summary>Learns.</summary>
    /// <param name="done">Closed work orders of any component.</param>
    /// <param name="component">The kind of component.</param>
    /// <param name="now">UTC.</param>
    public static ComponentLives Of(IEnumerable<WorkOrder> done, string component, DateTime now)
    {
        List<ObservedLife> lives = [];
        Dictionary<(string Line, string Machine), DateTime> replacedAt = [];
        IEnumerable<WorkOrder> replacements = done
            .Where(order => order is { State: WorkOrderState.Done, Finding: WorkOrderFinding.Failed or WorkOrderFinding.Worn, EndedAt: not null }
                && order.Component == component)
            .OrderBy(order => order.EndedAt);
        foreach (WorkOrder order in replacements)
        {
            DateTime at = order.EndedAt!.Value;
            if (replacedAt.TryGetValue((order.Line, order.Machine), out DateTime before) && at > before)
            {
                lives.Add(new ObservedLife((at - before).TotalDays, order.Finding == WorkOrderFinding.Failed));
            }

            replacedAt[(order.Line, order.Machine)] = at;
        }

        lives.AddRange(replacedAt.Values.Where(at => now > at).Select(at => new ObservedLife((now - at).TotalDays, Failed: false)));
        return new ComponentLives(lives, replacedAt);
    }

    /// <summary>
    /// The life of the kind and the age in days of the one in a machine; null where fewer than two failures, or no replacement on this machine, are known.
    /// </summary>
    public (Weibull Life, double Age)? OnMachine(string line, string machine, DateTime now) =>
        _life is not null && _replacedAt.TryGetValue((line, machine), out DateTime at) ? (_life, Math.Max(0, (now - at).TotalDays)) : null;
}
