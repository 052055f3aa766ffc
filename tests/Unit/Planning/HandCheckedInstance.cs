using Linewatch.Analytics.Planning;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Planning;

/// <summary>Six jobs and four stops whose optimum was proved by trying all 5⁶ plans: 6230.88.</summary>
internal static class HandCheckedInstance
{
    public static PlanningInstance Create() => new(
        "hand",
        28,
        [Stop(2, 4), Stop(9, 4), Stop(16, 2), Stop(23, 6)],
        [
            Job(0, 2.5, 60, 45, 800, 5600, 2, "mech", 0),
            Job(1, 3.0, 40, 20, 500, 3000, 2, "mech", 3),
            Job(2, 2.0, 90, 30, 300, 1500, 1, "elec", 0),
            Job(3, 3.5, 35, 18, 1200, 9600, 3, "mech", 7),
            Job(4, 2.2, 50, 40, 400, 4000, 1.5, "elec", 0),
            Job(5, 4.0, 45, 35, 600, 3600, 2, "mech", 0),
        ]);

    private static PlanningStop Stop(double day, double mechanics) =>
        new(day, new Dictionary<string, double> { ["mech"] = mechanics, ["elec"] = 2 });

    private static PlanningJob Job(
        int id, double shape, double scale, double age, double planned, double failure, double hours, string skill, double parts) =>
        new($"{id}", new ComponentAtRisk(new Weibull(shape, scale), age, planned, failure), hours, skill, parts);
}
