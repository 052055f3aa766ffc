using Linewatch.Analytics.Prognosis;
using Linewatch.Jobs.Forecasting;
using Linewatch.Operations.WorkOrders;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class ComponentLivesTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Now = Start.AddDays(300);

    private static WorkOrder Done(int day, WorkOrderFinding? finding, string machine = "filler", string component = "valve") => new()
    {
        Id = $"{machine}-{component}-{day}",
        Title = "Replace",
        Line = "line1",
        Machine = machine,
        Component = component,
        State = WorkOrderState.Done,
        Priority = WorkOrderPriority.Medium,
        Origin = "person",
        Reason = "",
        DueEarliest = Start,
        DueLatest = Start,
        CreatedAt = Start,
        UpdatedAt = Start,
        Version = 1,
        EndedAt = Start.AddDays(day),
        Finding = finding,
    };

    [Fact]
    public void Lives_run_from_one_replacement_to_the_next_on_every_machine_with_the_component()
    {
        WorkOrder[] done =
        [
            Done(0, WorkOrderFinding.Worn), Done(100, WorkOrderFinding.Failed), Done(220, WorkOrderFinding.Worn),
            Done(20, WorkOrderFinding.Failed, "capper"), Done(100, WorkOrderFinding.Failed, "capper"),
            Done(50, WorkOrderFinding.Failed, component: "belt"),
        ];

        ComponentLives lives = ComponentLives.Of(done, [], "valve", Now);

        // 100 failed, 120 worn, 80 failed; still running 80 and 200.
        (Weibull life, double age) = lives.OnMachine("line1", "filler", "valve", null, Now)!.Value;
        Weibull expected = WeibullFit.Fit([new(100, true), new(120, false), new(80, true), new(80, false), new(200, false)])!;
        Assert.Equal((5, 2, 80.0), (lives.Lives, lives.Failures, age));
        Assert.Equal((expected.Shape, expected.Scale), (life.Shape, life.Scale));
        Assert.Equal(200, lives.OnMachine("line1", "capper", "valve", null, Now)!.Value.Age);
    }

    [Fact]
    public void What_was_put_right_without_an_order_lasted_until_then_and_the_next_life_began_then()
    {
        WorkOrder[] done = [Done(0, WorkOrderFinding.Worn), Done(200, WorkOrderFinding.Failed), Done(20, WorkOrderFinding.Worn, "capper"), Done(90, WorkOrderFinding.Failed, "capper")];
        ComponentRun run = new()
        {
            Order = done[1].Id,
            Line = "line1",
            Machine = "filler",
            Component = "valve",
            InstalledAt = Start.AddDays(120),
            BeganUntold = true,
            EndedAt = Start.AddDays(200),
            Failed = true,
            Limit = 5,
            UnitsPerHour = null,
            PredictedAt = null,
            Samples = [],
        };

        ComponentLives lives = ComponentLives.Of(done, [run], "valve", Now);

        // 120 put right, 80 failed, 70 failed; still running 100 and 210.
        (Weibull life, double age) = lives.OnMachine("line1", "filler", "valve", Start.AddDays(260), Now)!.Value;
        Weibull expected = WeibullFit.Fit([new(120, false), new(80, true), new(70, true), new(100, false), new(210, false)])!;
        Assert.Equal((5, 2, 40.0), (lives.Lives, lives.Failures, age));
        Assert.Equal((expected.Shape, expected.Scale), (life.Shape, life.Scale));
    }

    [Theory]
    [InlineData(WorkOrderFinding.Sound)]
    [InlineData(WorkOrderFinding.Other)]
    [InlineData(null)]
    public void An_order_that_replaced_nothing_ends_no_life(WorkOrderFinding? finding)
    {
        ComponentLives lives = ComponentLives.Of([Done(0, WorkOrderFinding.Worn), Done(50, finding), Done(100, WorkOrderFinding.Failed)], [], "valve", Now);

        Assert.Equal((2, 1), (lives.Lives, lives.Failures));
    }

    [Fact]
    public void Without_two_failures_or_a_replacement_on_the_machine_nothing_is_said()
    {
        ComponentLives one = ComponentLives.Of([Done(0, WorkOrderFinding.Failed), Done(90, WorkOrderFinding.Failed)], [], "valve", Now);
        ComponentLives two = ComponentLives.Of(
            [Done(0, WorkOrderFinding.Failed), Done(90, WorkOrderFinding.Failed), Done(200, WorkOrderFinding.Failed)], [], "valve", Now);

        Assert.Null(one.OnMachine("line1", "filler", "valve", null, Now));
        Assert.NotNull(two.OnMachine("line1", "filler", "valve", null, Now));
        Assert.Null(two.OnMachine("line1", "capper", "valve", null, Now));
    }
}
