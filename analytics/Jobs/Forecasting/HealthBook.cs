using Linewatch.Storage;

namespace Linewatch.Jobs.Forecasting;

/// <summary>The newest health of every machine that the wear forecast has scored within the last day. Thread-safe.</summary>
public sealed class HealthBook(IReadingStore store, TimeProvider clock)
{
    /// <summary>Hourly scores of a thousand machines with ten components each, and the hour before them.</summary>
    private const int MostPoints = 300_000;

    private static readonly TimeSpan Back = TimeSpan.FromHours(25);

    /// <summary>A score this much older than the newest is that of a day before.</summary>
    private static readonly TimeSpan AboutADay = TimeSpan.FromHours(23);

    /// <summary>Machines of a line, or of all, the worst first.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public async Task<IReadOnlyList<MachineHealth>> ListAsync(string? line, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        Dictionary<string, string> where = line is null ? [] : new() { ["line"] = line };
        Dictionary<(string Line, string Machine), Dictionary<string, List<(DateTime At, double Health)>>> scored = [];
        await foreach (DerivedPoint point in store.PointsAsync(HealthScores.Measurement, where, now - Back, now.AddTicks(1), MostPoints, cancellationToken))
        {
            if (point.Fields.TryGetValue("health", out object? field) && field is double health)
            {
                (string, string) machine = (point.Tags["line"], point.Tags["machine"]);
                if (!scored.TryGetValue(machine, out Dictionary<string, List<(DateTime At, double Health)>>? components))
                {
                    scored[machine] = components = new(StringComparer.Ordinal);
                }

                if (!components.TryGetValue(point.Tags["component"], out List<(DateTime At, double Health)>? course))
                {
                    components[point.Tags["component"]] = course = [];
                }

                course.Add((point.EventTime, health));
            }
        }

        return
        [
            .. scored
                .Where(machine => machine.Value.ContainsKey(HealthScores.Whole))
                .Select(machine => Of(machine.Key.Line, machine.Key.Machine, machine.Value))
                .OrderBy(machine => machine.Health).ThenBy(machine => machine.Line, StringComparer.Ordinal).ThenBy(machine => machine.Machine, StringComparer.Ordinal),
        ];
    }

    private static MachineHealth Of(string line, string machine, Dictionary<string, List<(DateTime At, double Health)>> courses)
    {
        ComponentHealth whole = Of(HealthScores.Whole, courses[HealthScores.Whole]);
        return new MachineHealth(line, machine, whole.Health, whole.DayBefore, whole.At,
        [
            .. courses.Where(course => course.Key != HealthScores.Whole).Select(course => Of(course.Key, course.Value))
                .OrderBy(component => component.Health).ThenBy(component => component.Component, StringComparer.Ordinal),
        ]);
    }

    /// <summary>Points come oldest first.</summary>
    private static ComponentHealth Of(string component, List<(DateTime At, double Health)> course) => new(
        component, course[^1].Health, course[^1].At - course[0].At >= AboutADay ? course[0].Health : null, course[^1].At);
}
