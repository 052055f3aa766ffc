using Linewatch.Analytics.Prognosis;
using Linewatch.Plants;
using Linewatch.Storage;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// The health of components and machines of one hour, kept as derived points (measurement <c>health</c>); the same hour again replaces its points.
/// What is nearly used up is told by <see cref="HealthWatch"/>.
/// </summary>
internal sealed class HealthScores(IReadingStore store)
{
    /// <summary>Name of the measurement.</summary>
    public const string Measurement = "health";

    /// <summary>Tag of the point that is about the machine as a whole.</summary>
    public const string Whole = "machine";

    private const int MostAnomalies = 10_000;

    private static readonly TimeSpan Odd = TimeSpan.FromDays(1);

    private readonly List<(Line Line, Machine Machine, string Component, double Health)> _components = [];

    /// <summary>Takes the health of a component by one of its signals, 0–1.</summary>
    public void Add(Line line, Machine machine, Signal signal, double health) => _components.Add((line, machine, signal.Wear!.Component, health));

    /// <summary>Keeps the points.</summary>
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
            points.AddRange(machine.GroupBy(each => each.Component).Select(component => Point(site, line, of, component.Key, component.Min(each => each.Health), hour)));
        }

        await store.WriteAsync(points, cancellationToken);
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
}
