using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.WorkOrders;

namespace Linewatch.Tests.Node;

/// <summary>A job long enough to be killed in the middle: proposes twenty repairs, one every 600 ms.</summary>
internal sealed class SlowProposals(WorkOrderBook orders, TimeProvider clock) : IScheduledJob
{
    private const int Count = 20;

    public string Name => "slow-proposals";

    public string Description => "Proposes twenty repairs, slowly";

    public string DefaultCron => "0 0 3 1 1 ?";

    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        for (int i = 0; i < Count; i++)
        {
            await orders.ProposeAsync(Proposal(i), Name, cancellationToken);
            await run.ReportAsync(100 * (i + 1) / Count, $"{i + 1} proposed", cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(600), clock, cancellationToken);
        }
    }

    public static WorkOrderProposal Proposal(int component) => new()
    {
        Title = $"Replace part {component}",
        Line = "line1",
        Machine = "filler",
        Component = $"part {component}",
        Origin = "forecast",
        Reason = "worn",
        DueEarliest = new DateTime(2026, 12, 1, 0, 0, 0, DateTimeKind.Utc),
        DueLatest = new DateTime(2026, 12, 2, 0, 0, 0, DateTimeKind.Utc),
    };
}
