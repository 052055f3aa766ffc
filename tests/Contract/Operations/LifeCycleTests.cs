using Linewatch.Operations.Alerts;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.WorkOrders;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>
/// Each life cycle driven step by step in a process that is killed with −9 at every step: the step is sent and the
/// process dies at once, perhaps before, perhaps after its effect. The same step sent again must lead on.
/// </summary>
public sealed class LifeCycleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Alert_killed_at_every_step_is_raised_acknowledged_and_cleared_once_and_told_once()
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        Dictionary<string, string?> configuration = Configuration(hook);

        await DriveAsync(configuration, ["raise 0", "acknowledge", "clear 5"]);

        await using OperationsHost host = new(Configuration(hook));
        Alert alert = Assert.Single(await host.Alerts.ListAsync(new AlertFilter(), default));
        Assert.Equal((AlertState.Normal, 1L), (alert.State, alert.Occurrences));
        Assert.Equal(
            [AlertEventKind.Raised, AlertEventKind.Acknowledged, AlertEventKind.Cleared],
            (await host.Alerts.HistoryAsync(alert.Id, default)).Select(happened => happened.Kind));

        // The outbox of the dead processes is leased; this node waits for nothing here: each notification exists once.
        Assert.Single(await host.Notifications.ListAsync(null, 10, default));
    }

    [Fact]
    public async Task Work_order_killed_at_every_step_reaches_done_once()
    {
        Dictionary<string, string?> configuration = new() { ["Operations:Database:File"] = _folder["operations.db"] };

        await DriveAsync(configuration, ["propose", "move Approved", "move Scheduled", "move InProgress", "move Done"]);

        await using OperationsHost host = new(configuration);
        WorkOrder order = Assert.Single(await host.Orders.ListAsync(new WorkOrderFilter(), default));
        Assert.Equal(WorkOrderState.Done, order.State);
        IEnumerable<string> kinds = (await host.Orders.HistoryAsync(order.Id, default)).Select(happened => happened.Kind).Distinct();
        Assert.Equal(["Proposed", "Approved", "Scheduled", "InProgress", "Done"], kinds);
    }

    private static async Task DriveAsync(Dictionary<string, string?> configuration, string[] steps)
    {
        string? killed = null;
        foreach (string? step in steps.Append(null))
        {
            await using NodeProcess node = await NodeProcess.StartAsync(configuration);
            if (killed is not null)
            {
                // Whether or not its effect survived the kill, the step sent again leaves the state it stands for.
                Assert.NotNull(await node.RunAsync(killed));
            }

            if (step is not null)
            {
                node.Send(step);
            }

            await node.KillAsync();
            killed = step;
        }
    }

    private Dictionary<string, string?> Configuration(WebhookReceiver hook) => new()
    {
        ["Operations:Database:File"] = _folder["operations.db"],
        ["Operations:Notifications:Channels:hook:Kind"] = "Webhook",
        ["Operations:Notifications:Channels:hook:Address"] = hook.Address,
        ["Operations:Notifications:Routes:0:Name"] = "all",
        ["Operations:Notifications:Routes:0:Steps:0:Channel"] = "hook",
    };
}
