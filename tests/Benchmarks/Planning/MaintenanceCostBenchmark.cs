using Linewatch.Analytics.Planning;
using Linewatch.Analytics.Prognosis;
using Linewatch.Plants;

namespace Linewatch.Tests.Benchmarks.Planning;

/// <summary>
/// What maintenance of three lines costs under three policies that meet the same parts: running to failure, replacing at a fixed age,
/// and the product's wear forecast with its planner, run once a day with what it could know that day. The fixed age is the one
/// that costs least on these very parts, known only in hindsight, and needs neither crew nor stop: it may begin at any time of the
/// weekend. So both references are at their best.
/// </summary>
public static class MaintenanceCostBenchmark
{
    private const int Places = 8;
    private const double PlannedCost = 800;
    private const double FailureCost = 5600;
    private const double HistoryDays = 14;

    private static readonly DateTime Start = new(2026, 6, 1, 4, 0, 0, DateTimeKind.Utc);

    private static readonly Plant Plant = PlantFile.Parse(
        """
        plant: Planned
        site: planned
        timeZone: Europe/Berlin
        shifts:
          - { name: Early, start: "06:00", end: "14:00", days: [Mon, Tue, Wed, Thu, Fri], breaks: [{ start: "10:00", end: "10:30" }] }
          - { name: Late, start: "14:00", end: "22:00", days: [Mon, Tue, Wed, Thu, Fri] }
          - { name: Night, start: "22:00", end: "06:00", days: [Mon, Tue, Wed, Thu, Fri] }
        maintenance:
          crews: [{ skill: mechanic, people: 2 }]
          components: [{ component: bearing, skill: mechanic, duration: 2 h, plannedCost: 800, failureCost: 5600, life: 80 d }]
          lostHour: 700
        lines:
          - { id: line1, area: hall, machines: [{ id: m, signals: [{ id: total, role: count-total }] }] }
          - { id: line2, area: hall, machines: [{ id: m, signals: [{ id: total, role: count-total }] }] }
          - { id: line3, area: hall, machines: [{ id: m, signals: [{ id: total, role: count-total }] }] }
        """,
        "plant.yaml").Plant ?? throw new InvalidOperationException("the plant of the benchmark has faults");

    /// <summary>Runs the policies on each seed and prints what they cost.</summary>
    public static void Run(int seeds, int weeks, double moveCostShare)
    {
        Console.WriteLine($"{3 * Places} parts on 3 lines, {weeks} weeks; planned replacement {PlannedCost}, failure {FailureCost}, an hour of an extra stop {Plant.Maintenance.LostHour}");
        Console.WriteLine("seed  run to failure     fixed age       planned   under failure  under fixed   failures  planned  extra stops  wasted life d  moved");
        double[] sums = new double[3];
        for (int seed = 1; seed <= seeds; seed++)
        {
            double days = weeks * 7;
            double failing = Policy(seed, days, double.PositiveInfinity);
            (double bestAge, double fixedCost) = Enumerable.Range(1, 20)
                .Select(week => (Age: week * 7.0, Cost: Policy(seed, days, week * 7.0)))
                .MinBy(policy => policy.Cost);
            PlannedRun planned = new(seed, days, moveCostShare);
            planned.Run();
            sums[0] += failing;
            sums[1] += fixedCost;
            sums[2] += planned.Cost;
            Console.WriteLine(FormattableString.Invariant(
                $"{seed,4} {failing,15:F0} {fixedCost,10:F0} ({bestAge:F0} d) {planned.Cost,9:F0} {100 * (1 - (planned.Cost / failing)),13:F1} % {100 * (1 - (planned.Cost / fixedCost)),10:F1} % {planned.Failures,10} {planned.Replaced,8} {planned.ExtraStops,12} {planned.WastedDays / Math.Max(1, planned.Replaced),14:F1} {100.0 * planned.Moved / Math.Max(1, planned.Placed),5:F1} %"));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"all seeds: {100 * (1 - (sums[2] / sums[0])):F1} % under run to failure (goal 40), {100 * (1 - (sums[2] / sums[1])):F1} % under the best fixed age (goal 15)"));
    }

    /// <summary>Cost of replacing on the first weekend day from an age on, without limits of crew; infinite = never.</summary>
    private static double Policy(int seed, double days, double age)
    {
        double cost = 0;
        for (int place = 0; place < 3 * Places; place++)
        {
            double fitted = 0;
            for (int number = 0; ; number++)
            {
                double life = new WornPart(seed, place, number).Life;
                double planned = double.IsFinite(age) ? NextWeekend(fitted + age) : double.PositiveInfinity;
                double ends = Math.Min(fitted + life, planned);
                if (ends >= days)
                {
                    break;
                }

                cost += fitted + life < planned ? FailureCost : PlannedCost;
                fitted = ends;
            }
        }

        return cost;
    }

    /// <summary>The runs begin on a Monday: days 5 and 6 of each week are the weekend.</summary>
    private static double NextWeekend(double day)
    {
        double inWeek = day % 7;
        return inWeek >= 5 ? day : day - inWeek + 5;
    }

    /// <summary>A year of the product's forecast and planner.</summary>
    private sealed class PlannedRun(int seed, double days, double moveCostShare)
    {
        private readonly WornPart[] _parts = [.. Enumerable.Range(0, 3 * Places).Select(place => new WornPart(seed, place, 0))];
        private readonly double[] _fitted = new double[3 * Places];
        private readonly int[] _number = new int[3 * Places];
        private readonly DateTime?[] _placedAt = new DateTime?[3 * Places];

        public double Cost { get; private set; }

        public int Failures { get; private set; }

        public int Replaced { get; private set; }

        public int ExtraStops { get; private set; }

        public double WastedDays { get; private set; }

        public int Placed { get; private set; }

        public int Moved { get; private set; }

        public void Run()
        {
            for (int day = 0; day < days; day++)
            {
                MaintenancePlanProposal plan = MaintenancePlanner.Plan(new PlanRequest
                {
                    From = Start.AddDays(day),
                    To = Start.AddDays(day + 28),
                    Plant = Plant,
                    Jobs = [.. Enumerable.Range(0, _parts.Length).Select(place => Forecast(place, day)).OfType<PlanJob>()],
                    MoveCostShare = moveCostShare,
                });
                foreach (Placement placement in plan.Placements)
                {
                    int place = int.Parse(placement.Id, System.Globalization.CultureInfo.InvariantCulture);
                    Placed++;
                    Moved += placement.Moved.Length > 0 ? 1 : 0;
                    _placedAt[place] = placement.Start;
                    if (placement.Start is { } start && (start - Start).TotalDays < day + 1)
                    {
                        Replace(place, (start - Start).TotalDays, placement.Opportunity!.Kind == OpportunityKind.ExtraStop);
                    }
                }

                Fail(day + 1);
            }
        }

        private PlanJob? Forecast(int place, double day)
        {
            WearForecast forecast = WearTrend.Forecast(
                _parts[place].Samples(day - _fitted[place], HistoryDays),
                WornPart.Limit,
                rising: true,
                new WearTrendSettings { ShortestSpanHours = 48, HorizonHours = 45 * 24, Resamples = 40 });
            if (forecast.Refusal is not null)
            {
                _placedAt[place] = null;
                return null;
            }

            DateTime now = Start.AddDays(day);
            LifeBand band = new(now, now.AddHours(forecast.EarlyHours), now.AddHours(forecast.MiddleHours));
            return new PlanJob($"{place:00}", $"line{1 + (place % 3)}", "m", "bearing", band, CreatedAt: now, _placedAt[place]);
        }

        private void Replace(int place, double at, bool isExtra)
        {
            double fails = _fitted[place] + _parts[place].Life;
            if (fails <= at)
            {
                return;
            }

            Cost += PlannedCost + (isExtra ? 2 * Plant.Maintenance.LostHour : 0);
            Replaced++;
            ExtraStops += isExtra ? 1 : 0;
            WastedDays += fails - at;
            Fit(place, at);
        }

        private void Fail(double until)
        {
            for (int place = 0; place < _parts.Length; place++)
            {
                while (_fitted[place] + _parts[place].Life is var fails && fails < until && fails < days)
                {
                    Cost += FailureCost;
                    Failures++;
                    Fit(place, fails);
                }
            }
        }

        private void Fit(int place, double at)
        {
            _fitted[place] = at;
            _parts[place] = new WornPart(seed, place, ++_number[place]);
            _placedAt[place] = null;
        }
    }
}
