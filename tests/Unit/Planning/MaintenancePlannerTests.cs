using Linewatch.Analytics.Planning;

namespace Linewatch.Tests.Unit.Planning;

public sealed class MaintenancePlannerTests
{
    /// <summary>Monday 07:00 in Berlin, in the early shift.</summary>
    private static readonly DateTime Now = PlannedPlant.Monday.AddHours(6);

    [Theory]
    [InlineData(3, 6, OpportunityKind.Cleaning)] // the cleaning on Tuesday is before the early end of the band
    [InlineData(7, 12, OpportunityKind.Changeover)]
    [InlineData(14, 30, OpportunityKind.NotScheduled)] // the weekend costs no production
    [InlineData(0.1, 0.2, OpportunityKind.ExtraStop)] // cannot wait for anything: production stops at once
    public void Job_goes_where_the_line_stands_before_its_life_runs_out(double earlyDays, double middleDays, OpportunityKind kind)
    {
        Placement placement = Assert.Single(Plan(Bearing("a", earlyDays, middleDays)).Placements);

        Assert.Equal(kind, placement.Opportunity?.Kind);
        Assert.Equal(TimeSpan.FromHours(2), placement.End - placement.Start);
        Assert.InRange(placement.FailureProbability, 0, 0.06);
        Assert.True(placement.Cost < placement.UnplannedCost);
    }

    [Fact]
    public void Long_life_waits_beyond_the_horizon()
    {
        Placement placement = Assert.Single(Plan(Bearing("a", 120, 200)).Placements);

        Assert.Null(placement.Start);
        Assert.NotNull(placement.Next);
    }

    [Fact]
    public void Choice_is_explained_by_what_waiting_would_cost()
    {
        Placement placement = Assert.Single(Plan(Bearing("a", 3, 6)).Placements);

        Assert.NotNull(placement.Next);
        Assert.True(placement.Next.Start >= placement.Opportunity!.End);
        Assert.True(placement.NextCost > placement.Cost);
    }

    [Fact]
    public void Parts_that_come_later_hold_the_job_back()
    {
        PlanJob brush = new("a", "line1", "packer", "brush", new LifeBand(Now, Now.AddDays(2), Now.AddDays(4)), CreatedAt: Now, PlacedAt: null);

        Placement placement = Assert.Single(Plan(brush).Placements);

        Assert.True(placement.Start >= Now.AddDays(5));
    }

    [Fact]
    public void Crew_works_only_in_its_shifts()
    {
        PlanJob brush = new("a", "line1", "packer", "brush", new LifeBand(Now, Now.AddDays(9), Now.AddDays(12)), CreatedAt: Now.AddDays(-30), PlacedAt: null);

        Placement placement = Assert.Single(Plan(brush).Placements);

        // The electrician has early shifts only; what costs no production then is the break.
        Assert.Equal(OpportunityKind.Break, placement.Opportunity?.Kind);
        Assert.Equal(("electrician", 1), (placement.Skill, placement.Person));
    }

    [Theory]
    [InlineData("2026-11-24", "2026-11-25", false)] // the mechanic is away on the day of the cleaning
    [InlineData("2026-12-24", "2026-12-25", true)]
    public void Absent_mechanic_moves_the_job(string start, string end, bool inCleaning)
    {
        PlanRequest request = Request(Bearing("a", 3, 6)) with
        {
            Plant = PlannedPlant.Create($$"""maintenance: { crews: [{ skill: mechanic, absences: [{ start: "{{start}}", end: "{{end}}" }] }] }"""),
        };

        Assert.Equal(inCleaning, Assert.Single(MaintenancePlanner.Plan(request).Placements).Opportunity?.Kind == OpportunityKind.Cleaning);
    }

    [Fact]
    public void Jobs_share_a_stop_as_far_as_machines_and_people_go()
    {
        PlanJob packer = Bearing("b", 3, 6) with { Machine = "packer", Component = "gearbox" };
        MaintenancePlanProposal plan = Plan(Bearing("a", 3, 6), packer, packer with { Id = "c", Component = "belt" });

        // Three hours of cleaning: the filler's and one of the packer's jobs by two mechanics; the packer's other job elsewhere.
        Assert.Equal(2, plan.Placements.Count(placement => placement.Opportunity?.Kind == OpportunityKind.Cleaning));
        AssertNobodyTwice(plan);
        Assert.Equal(plan.Cost, plan.LowerBound, 1e-6);
    }

    [Fact]
    public void Pinned_job_keeps_its_machine_and_person()
    {
        DateTime cleaning = new(2026, 11, 24, 1, 0, 0, DateTimeKind.Utc);
        PlanRequest request = Request(Bearing("a", 3, 6)) with
        {
            Pinned = [new PinnedJob("p", "line1", "filler", "main bearing", cleaning, cleaning.AddHours(3))],
        };

        Assert.NotEqual(OpportunityKind.Cleaning, Assert.Single(MaintenancePlanner.Plan(request).Placements).Opportunity?.Kind);
    }

    [Fact]
    public void Job_stays_where_it_was_unless_moving_saves_more_than_a_move_costs()
    {
        MaintenancePlanProposal first = Plan(Bearing("a", 14, 30));
        DateTime start = first.Placements[0].Start!.Value;
        PlanRequest again = Request(Bearing("a", 14.2, 30.5) with { PlacedAt = start });

        Placement stays = Assert.Single(MaintenancePlanner.Plan(again).Placements);
        Assert.Equal((start, ""), (stays.Start, stays.Moved));

        Placement moves = Assert.Single(MaintenancePlanner.Plan(Request(Bearing("a", 2, 4) with { PlacedAt = start })).Placements);
        Assert.True(moves.Start < start);
        Assert.Contains("was planned for", moves.Moved, StringComparison.Ordinal);
        Assert.Contains("life is forecast shorter", moves.Moved, StringComparison.Ordinal);
    }

    [Fact]
    public void Job_whose_stop_was_taken_out_of_the_calendar_says_so()
    {
        PlanJob job = Bearing("a", 7, 12) with { PlacedAt = new DateTime(2026, 11, 25, 13, 0, 0, DateTimeKind.Utc) };
        PlanRequest request = Request(job) with { Plant = PlannedPlant.Create("maintenance: { extraStops: false }") };

        Assert.Contains("no longer stands", Assert.Single(MaintenancePlanner.Plan(request).Placements).Moved, StringComparison.Ordinal);
    }

    [Fact]
    public void Same_request_gives_the_same_plan_whatever_the_order_of_its_jobs()
    {
        PlanJob[] jobs = [.. Enumerable.Range(0, 8).Select(i => Bearing($"j{i}", 2 + i, 5 + (2 * i)) with { Line = i % 2 == 0 ? "line1" : "line2", Component = $"part {i}" })];

        Assert.Equal(Plan(jobs).Placements, Plan([.. jobs.Reverse()]).Placements);
    }

    [Fact]
    public void Nobody_is_planned_twice_when_two_lines_stand_at_once()
    {
        // Both lines stand on the weekend; everything wants to go there.
        PlanJob[] jobs = [.. Enumerable.Range(0, 12).Select(i => Bearing($"j{i:00}", 9, 12) with { Line = i % 2 == 0 ? "line1" : "line2", Component = $"part {i}" })];
        MaintenancePlanProposal plan = Plan(jobs);

        Assert.All(plan.Placements, placement => Assert.NotNull(placement.Start));
        AssertNobodyTwice(plan);
    }

    [Fact]
    public void Nothing_to_plan_is_an_empty_plan() => Assert.Empty(Plan().Placements);

    private static void AssertNobodyTwice(MaintenancePlanProposal plan)
    {
        foreach (Placement a in plan.Placements)
        {
            Assert.DoesNotContain(plan.Placements, b => b.Id != a.Id && a.Skill == b.Skill && a.Person == b.Person && a.Start < b.End && b.Start < a.End);
        }
    }

    private static MaintenancePlanProposal Plan(params PlanJob[] jobs) => MaintenancePlanner.Plan(Request(jobs));

    private static PlanRequest Request(params PlanJob[] jobs) => new() { From = Now, To = Now.AddDays(28), Plant = PlannedPlant.Create(), Jobs = jobs };

    private static PlanJob Bearing(string id, double earlyDays, double middleDays) => new(
        id, "line1", "filler", "main bearing", new LifeBand(Now, Now.AddDays(earlyDays), Now.AddDays(middleDays)), CreatedAt: Now, PlacedAt: null);
}
