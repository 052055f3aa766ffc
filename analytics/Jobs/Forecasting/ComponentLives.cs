using Linewatch.Analytics.Prognosis;
using Linewatch.Operations.WorkOrders;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// Lives of a kind of component, learned from closed work orders on every machine that has it: from one replacement to the
/// next. Found failed, a life is complete; found worn, it is only known to have lasted so long, as is the life that still runs. An order that
/// found the component sound, something else or nothing replaced nothing. What was put right without an order, as the signal told, lasted until
/// then at least. Where recorded runs tell how much the machines made, lives are told by that load.
/// </summary>
internal sealed class ComponentLives
{
    private readonly WeibullRegression? _life;
    private readonly Dictionary<(string Line, string Machine, string Component), DateTime> _replacedAt;
    private readonly Dictionary<(string Line, string Machine), double> _load;

    private ComponentLives(
        IReadOnlyList<LoadedLife> lives,
        Dictionary<(string Line, string Machine, string Component), DateTime> replacedAt,
        Dictionary<(string Line, string Machine), double> load)
    {
        Lives = lives.Count;
        Failures = lives.Count(life => life.Failed);
        _life = WeibullRegression.Fit(lives);
        _replacedAt = replacedAt;
        _load = load;
    }

    /// <summary>Number of lives, complete or not.</summary>
    public int Lives { get; }

    /// <summary>Number of lives that ended in a failure.</summary>
    public int Failures { get; }

    /// <summary>By which power of the machine's output the hazard grows; 0 = it does not show.</summary>
    public double LoadExponent => _life?.Exponent ?? 0;

    /// <summary>Learns.</summary>
    /// <param name="done">Closed work orders of any component.</param>
    /// <param name="runs">Recorded runs of any component.</param>
    /// <param name="component">One of the kind of component.</param>
    /// <param name="now">UTC.</param>
    public static ComponentLives Of(IEnumerable<WorkOrder> done, IReadOnlyList<ComponentRun> runs, string component, DateTime now)
    {
        string kind = ComponentRun.KindOf(component);
        Dictionary<string, double> loads = runs.Where(run => run.UnitsPerHour > 0).ToDictionary(run => run.Order, run => run.UnitsPerHour!.Value);
        Dictionary<(string Line, string Machine), double> load = [];
        foreach (ComponentRun run in runs.Where(run => run.UnitsPerHour > 0).OrderBy(run => run.EndedAt))
        {
            load[(run.Line, run.Machine)] = run.UnitsPerHour!.Value;
        }

        Dictionary<string, DateTime> untold = runs.Where(run => run is { BeganUntold: true, InstalledAt: not null }).ToDictionary(run => run.Order, run => run.InstalledAt!.Value);
        List<(double Age, bool Failed, double? Load)> lives = [];
        Dictionary<(string Line, string Machine, string Component), DateTime> replacedAt = [];
        IEnumerable<WorkOrder> replacements = done
            .Where(order => order is { State: WorkOrderState.Done, Finding: WorkOrderFinding.Failed or WorkOrderFinding.Worn, EndedAt: not null }
                && ComponentRun.KindOf(order.Component) == kind)
            .OrderBy(order => order.EndedAt);
        foreach (WorkOrder order in replacements)
        {
            DateTime at = order.EndedAt!.Value;
            (string, string, string) place = (order.Line, order.Machine, order.Component);
            if (untold.TryGetValue(order.Id, out DateTime renewed))
            {
                if (replacedAt.TryGetValue(place, out DateTime told) && renewed > told)
                {
                    lives.Add(((renewed - told).TotalDays, false, null));
                }

                replacedAt[place] = renewed;
            }

            if (replacedAt.TryGetValue(place, out DateTime before) && at > before)
            {
                lives.Add(((at - before).TotalDays, order.Finding == WorkOrderFinding.Failed, loads.TryGetValue(order.Id, out double of) ? of : null));
            }

            replacedAt[place] = at;
        }

        lives.AddRange(replacedAt.Where(place => now > place.Value)
            .Select(place => ((now - place.Value).TotalDays, false, load.TryGetValue((place.Key.Line, place.Key.Machine), out double of) ? of : (double?)null)));
        double usual = lives.Any(life => life.Load is not null) ? lives.Where(life => life.Load is not null).Average(life => life.Load!.Value) : 1;
        return new ComponentLives([.. lives.Select(life => new LoadedLife(life.Age, life.Failed, life.Load ?? usual))], replacedAt, load);
    }

    /// <summary>
    /// The life of the kind, under the load of the machine, and the age in days of the one in it; null where fewer than two failures, or no
    /// replacement there, are known.
    /// </summary>
    /// <param name="line">Line id.</param>
    /// <param name="machine">Machine id.</param>
    /// <param name="component">Component.</param>
    /// <param name="renewed">Since when the signal says that it is new, UTC; null = as the orders say.</param>
    /// <param name="now">UTC.</param>
    public (Weibull Life, double Age)? OnMachine(string line, string machine, string component, DateTime? renewed, DateTime now) =>
        _life is not null && (renewed ?? (_replacedAt.TryGetValue((line, machine, component), out DateTime told) ? told : null)) is { } at
            ? (_life.At(_load.GetValueOrDefault((line, machine), _life.UsualLoad)), Math.Max(0, (now - at).TotalDays))
            : null;
}
