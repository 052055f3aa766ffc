using Linewatch.Jobs;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.WorkOrders;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>Two nodes on one PostgreSQL, one of them killed with −9 in the middle of a job.</summary>
public sealed class ClusterTests
{
    [SkippableFact]
    public async Task Killed_nodes_job_is_taken_over_and_nothing_happens_twice()
    {
        await using Postgres server = await Postgres.StartAsync();
        Dictionary<string, string?> configuration = new()
        {
            ["Operations:Database:PostgreSql"] = server.ConnectionString,
            ["Jobs:CheckIn"] = "00:00:01",
        };
        await using NodeProcess first = await NodeProcess.StartAsync(configuration);
        await using OperationsHost observer = new(configuration, configure: services => services.AddJobSchedule());
        await first.RunAsync("trigger slow-proposals");
        await UntilAsync(async () => (await OrdersAsync(observer)).Count >= 2);
        await using NodeProcess second = await NodeProcess.StartAsync(configuration);
        await first.KillAsync();
        int atDeath = (await OrdersAsync(observer)).Count;

        JobHistory history = observer.Get<JobHistory>();
        await UntilAsync(async () => await history.LastAsync("slow-proposals", default) is { Outcome: JobOutcome.Succeeded });

        IReadOnlyList<WorkOrder> orders = await OrdersAsync(observer);
        Assert.InRange(atDeath, 2, 19);
        Assert.Equal(20, orders.Count);
        Assert.All(orders, order => Assert.Equal(1, order.Version));
        IReadOnlyList<JobRunRecord> runs = await history.ListAsync("slow-proposals", 10, default);
        Assert.Equal([(JobOutcome.Succeeded, "recovery"), (JobOutcome.Abandoned, "person")], runs.Select(run => (run.Outcome, run.Cause)));
        Assert.NotEqual(runs[0].Node, runs[1].Node);
    }

    [SkippableFact]
    public async Task Node_started_before_its_database_begins_once_the_database_is_up()
    {
        await using Postgres server = await Postgres.StartAsync();
        await server.KillAsync();
        await using OperationsHost host = new(new Dictionary<string, string?> { ["Operations:Database:PostgreSql"] = server.ConnectionString }, configure: services => services.AddJobSchedule());
        await host.StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Get<JobSchedule>().TriggerAsync("any", default));

        await server.StartAgainAsync();

        await UntilAsync(async () => await IsUpAsync(host.Get<JobSchedule>()));
    }

    private static async Task<bool> IsUpAsync(JobSchedule schedule)
    {
        try
        {
            return !(await schedule.TriggerAsync("any", default)).IsFound;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static Task<IReadOnlyList<WorkOrder>> OrdersAsync(OperationsHost host) => host.Orders.ListAsync(new WorkOrderFilter(), default);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            await poll.WaitForNextTickAsync();
        }
    }
}
