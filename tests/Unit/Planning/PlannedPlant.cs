using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Planning;

/// <summary>Two lines in Berlin with early and late shifts on weekdays, a cleaning, a changeover, two mechanics and an electrician.</summary>
internal static class PlannedPlant
{
    /// <summary>Monday 2026-11-23, 00:00 UTC (01:00 in Berlin).</summary>
    public static readonly DateTime Monday = new(2026, 11, 23, 0, 0, 0, DateTimeKind.Utc);

    public const string DefaultMaintenance = """
        maintenance:
          crews:
            - { skill: mechanic, people: 2, absences: [{ people: 1, start: "2026-12-01", end: "2026-12-02" }] }
            - { skill: electrician, shifts: [Early] }
          components:
            - { component: main bearing, machines: [filler], skill: mechanic, duration: 2 h, plannedCost: 800, failureCost: 5600, life: 180 d }
            - { component: brush, skill: electrician, duration: 30 min, plannedCost: 50, failureCost: 900, life: 60 d, partsLead: 5 d }
          changeovers:
            - { start: "2026-11-25 14:00", end: "2026-11-25 17:00", lines: [line1] }
          lostHour: 2000
        """;

    public static string Yaml(string maintenance = DefaultMaintenance) => $$"""
        plant: Rhine
        site: rhine
        timeZone: Europe/Berlin
        shifts:
          - { name: Early, start: "06:00", end: "14:00", days: [Mon, Tue, Wed, Thu, Fri], breaks: [{ start: "10:00", end: "10:30" }] }
          - { name: Late, start: "14:00", end: "06:00", days: [Mon, Tue, Wed, Thu, Fri] }
        plannedStops:
          - { kind: cleaning, start: "2026-11-24 02:00", end: "2026-11-24 05:00", lines: [line1] }
        {{maintenance}}
        lines:
          - id: line1
            area: hall1
            machines:
              - { id: filler, kind: filler, signals: [{ id: total, role: count-total }] }
              - { id: packer, signals: [{ id: total, role: count-total }] }
          - id: line2
            area: hall1
            machines:
              - { id: filler, kind: filler, signals: [{ id: total, role: count-total }] }
        """;

    public static Plant Create(string maintenance = DefaultMaintenance)
    {
        PlantFile file = PlantFile.Parse(Yaml(maintenance), "plant.yaml");
        Assert.Empty(file.Faults);
        return file.Plant!;
    }
}
