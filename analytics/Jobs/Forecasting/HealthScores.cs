using Linewatch.Analytics.Prognosis;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Storage;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// The health of components and machines of one hour: kept as derived points (measurement <c>health</c>), and told as an alert where a
/// component is nearly used up, by the alert rules for the findings of <c>health</c>. The same hour again replaces its points and raises nothing twice.
/// </summary>
internal sealed class HealthScores(IReadingStore store, AlertBook alerts, IReadOnlyList<AlertRule> rules, double alertBelow)
{
    /// <summary>Name of the measurement, and of the engine in alert rules.</summary>
    public const string Measurement = "health";

    /// <summary>Tag of the point that is about the machine as a whole.</summary>
    public const string Whole = "machine";

    /// <summary>An alert ends this far above the level at which it begins.</summary>
    private const double Deadband = 0.1;

    private const int MostAnomalies = 10_000;

    private static readonly TimeSpan Odd = TimeSpan.FromDays(1);

    private readonly List<(Line Line, Machine Machine, Signal Signal, double Health)> _components = [];

    /// <summary>Takes the health of a component, 0–1.</summary>
    public void Add(Line line, Machine machine, Signal signal, double health) => _components.Add((line, machine, signal, health));

    /// <summary>Keeps points and alerts.</summary>
    /// <param name="site">Site id.</param>
    /// <param name="now">UTC.</param>
    /// <param name="cancellationToken">Gives up; the next hour does it again.</param>
    public async Task KeepAsync(string site, DateTime now, CancellationToken cancellationToken)
    {
        DateTime hour = now.Date.AddHours(now.Hour);
        List<DerivedPoint> points = [];
        foreach (var machine in _components.GroupBy(each => (each.Line, each.Machine)))
        {
            (Line line, Machine of) = machine.Key;
            int oddHours = await OddHoursAsync(line, of, now, cancellationToken);
            points.Add(Point(site, line, of, Whole, HealthIndex.OfMachine([.. machine.Select(each => each.Health)], oddHours / Odd.TotalHours), hour));
            points.AddRange(machine.Select(each => Point(site, line, of, each.Signal.Wear!.Component, each.Health, hour)));
        }

        await store.WriteAsync(points, cancellationToken);
        foreach (AlertRule rule in rules.Where(rule => rule is { Kind: AlertRuleKind.Finding, Detector: Measurement }))
        {
            await AlertAsync(rule, hour, cancellationToken);
        }
    }

    private static DerivedPoint Point(string site, Line line, Machine machine, string component, double health, DateTime hour) => new(
        Measurement,
        new Dictionary<string, string> { ["site"] = site, ["area"] = line.Area, ["line"] = line.Id, ["machine"] = machine.Id, ["component"] = component },
        new Dictionary<string, object> { ["health"] = health },
        hour);

    /// <summary>Hours of the last day in which a detector found something at the machine.</summary>
    private async Task<int> OddHoursAsync(Line line, Machine machine, DateTime now, CancellationToken cancellationToken)
    {
        Dictionary<string, string> where = new() { ["line"] = line.Id, ["machine"] = machine.Id };
        HashSet<int> hours = [];
        await foreach (DerivedPoint anomaly in store.PointsAsync("anomaly", where, now - Odd, now, MostAnomalies, cancellationToken))
        {
            hours.Add((int)(now - anomaly.EventTime).TotalHours);
        }

        return hours.Count;
    }

    private async Task AlertAsync(AlertRule rule, DateTime hour, CancellationToken cancellationToken)
    {
        IReadOnlyList<Alert> open = await alerts.ListAsync(new AlertFilter { OpenOnly = true, Rule = rule.Name, Limit = 10_000 }, cancellationToken);
        HashSet<AlertSource> standing = [.. open.Where(alert => alert.IsActive).Select(alert => alert.Source)];
        foreach ((Line line, Machine machine, Signal signal, double health) in _components.Where(each => rule.AppliesTo(each.Line, each.Machine)))
        {
            AlertSource source = AlertSource.Of(signal.Path);
            if (standing.Contains(source) && health >= alertBelow + Deadband)
            {
                await alerts.ClearAsync(rule.Name, source, hour, cancellationToken);
            }
            else if (!standing.Contains(source) && health < alertBelow)
            {
                await alerts.RaiseAsync(
                    new AlertCondition
                    {
                        Rule = rule.Name,
                        Source = source,
                        Severity = rule.Severity,
                        Latched = rule.Latched,
                        EventTime = hour,
                        Message = FormattableString.Invariant($"{machine.Name}: {signal.Wear!.Component} has {health:P0} of its way to the limit left"),
                        Value = Math.Round(health, 3),
                        ExpectedLower = alertBelow,
                        ExpectedUpper = 1,
                        Unit = "1",
                    },
                    cancellationToken);
            }
        }
    }
}
