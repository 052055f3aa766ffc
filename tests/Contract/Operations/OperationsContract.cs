using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Jobs.Training;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.WorkOrders;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>What must hold on either database, with two nodes writing at once.</summary>
public abstract class OperationsContract : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc);

    /// <summary>Settings that lead both nodes to the same database.</summary>
    protected abstract Dictionary<string, string?> Database { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    [SkippableFact]
    public async Task Alert_and_its_history_come_back_as_they_were()
    {
        await using OperationsHost host = new(Database);
        Alert raised = await host.Alerts.RaiseAsync(TestPlant.Pressure(Start.AddTicks(1234567)) with { FoundBy = "duty 2" }, default);
        await host.Alerts.SilenceAsync(raised.Id, AlertState.OutOfService, new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc), "ann", "pump removed", default);
        Alert acknowledged = (await host.Alerts.AcknowledgeAsync(raised.Id, "ann", "seen", default)).Value!;

        await using OperationsHost other = new(Database);

        Alert found = (await other.Alerts.FindAsync(raised.Id, default))!;
        Assert.Equal(acknowledged, found);
        Assert.Equal((Start.AddTicks(1234567), AlertState.OutOfService, "duty 2"), (found.RaisedAt, found.ShownState, found.FoundBy));
        Assert.Equal(3, (await other.Alerts.HistoryAsync(raised.Id, default)).Count);
    }

    [SkippableFact]
    public async Task Two_nodes_raising_the_same_conditions_open_each_alert_and_incident_once()
    {
        await using OperationsHost a = new(Database);
        await using OperationsHost b = new(Database);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            Task.Run(() => (i % 2 == 0 ? a : b).Alerts.RaiseAsync(TestPlant.Pressure(Start, "rule" + (i / 4)), default))));

        IReadOnlyList<Alert> alerts = await a.Alerts.ListAsync(new AlertFilter(), default);
        Assert.Equal(10, alerts.Count);
        Assert.All(alerts, alert => Assert.Equal(1, alert.Occurrences));
        Assert.Single(await b.Incidents.ListAsync(new IncidentFilter(), default));
    }

    [SkippableFact]
    public async Task Two_nodes_proposing_the_same_repair_open_one_order()
    {
        await using OperationsHost a = new(Database);
        await using OperationsHost b = new(Database);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => (i % 2 == 0 ? a : b).Orders.ProposeAsync(Bearing(), "forecast-wear", default))));

        Assert.Equal(1, Assert.Single(await a.Orders.ListAsync(new WorkOrderFilter(), default)).Version);
    }

    [SkippableFact]
    public async Task Two_nodes_emptying_the_outbox_send_nothing_twice()
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        Dictionary<string, string?> configuration = new(Database)
        {
            ["Operations:Notifications:Channels:hook:Kind"] = "Webhook",
            ["Operations:Notifications:Channels:hook:Address"] = hook.Address,
            ["Operations:Notifications:Routes:0:Name"] = "all",
            ["Operations:Notifications:Routes:0:Steps:0:Channel"] = "hook",
        };
        await using OperationsHost a = new(configuration);
        await using OperationsHost b = new(configuration);
        await Task.WhenAll(a.StartAsync(), b.StartAsync());

        // The nodes live by the real clock, and what is hours old calls nobody.
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        for (int i = 0; i < 20; i++)
        {
            await (i % 2 == 0 ? a : b).Alerts.RaiseAsync(TestPlant.Pressure(now) with { Source = new AlertSource("line1", "machine" + i) }, default);
        }

        HashSet<string> keys = [];
        for (int i = 0; i < 20; i++)
        {
            keys.Add((await hook.NextAsync()).IdempotencyKey);
        }

        Assert.Equal(20, keys.Count);
        Assert.False(hook.HasRequest);
    }

    [SkippableFact]
    public async Task Filters_and_lists_work()
    {
        await using OperationsHost host = new(Database);
        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start, severity: AlertSeverity.High), default);
        await host.Orders.ProposeAsync(Bearing(), "forecast-wear", default);

        AlertFilter filter = new() { OpenOnly = true, WithoutSilenced = true, Line = "line1", Machine = "filler", Rule = "band", AtLeast = AlertSeverity.Medium, From = Start, To = Start.AddTicks(1) };
        Assert.Single(await host.Alerts.ListAsync(filter, default));
        Assert.Single(await host.Orders.ListAsync(new WorkOrderFilter { OpenOnly = true, State = WorkOrderState.Proposed, Line = "line1", Machine = "filler" }, default));
        Assert.Single(await host.Incidents.ListAsync(new IncidentFilter { OpenOnly = true, Line = "line1" }, default));
    }

    [SkippableFact]
    public async Task Models_are_used_kept_and_rolled_back()
    {
        await using OperationsHost host = new(Database);
        ModelBook models = new(host.Get<OperationsDatabase>(), TimeProvider.System);
        for (int i = 0; i < 3; i++)
        {
            await models.AddAsync(Model, [1], promote: true, kept: 10, ModelBook.Job, default);
        }

        Assert.Equal((2, 1), ((await models.RollBackAsync("line1", "filler", "ann", "", default)).Value!.Version, Assert.Single(await models.InUseAsync(default)).Previous));
        Assert.Equal((1, null), ((await models.RollBackAsync("line1", "filler", "ann", "", default)).Value!.Version, Assert.Single(await models.InUseAsync(default)).Previous));
        Assert.False((await models.RollBackAsync("line1", "filler", "ann", "", default)).IsDone);
        await models.AddAsync(Model, [1], promote: false, kept: 1, ModelBook.Job, default);
        Assert.Equal([4, 1], (await models.ListAsync("line1", "filler", default)).Select(model => model.Version));
    }

    private static DetectorModel Model => new()
    {
        Line = "line1",
        Machine = "filler",
        Version = 0,
        TrainedAt = Start,
        DataFrom = Start.AddDays(-12),
        DataTo = Start,
        Cause = "schedule",
        Parameters = "{}",
        Metrics = new TrainingMetrics
        {
            Signals = 1,
            Judging = 1,
            TrainingReadings = 1000,
            HeldBackReadings = 100,
            HeldBackDays = 3,
            FalseAlarms = 0,
            UnjudgedAlarms = 0,
            TrueKnown = 0,
            TrueFound = 0,
            FalseKnown = 0,
            FalseRepeated = 0,
            SensorFaults = 0,
        },
        Decision = "no worse",
    };

    private static WorkOrderProposal Bearing() => new()
    {
        Title = "Replace main bearing of Filler",
        Line = "line1",
        Machine = "filler",
        Component = "main bearing",
        Origin = "forecast",
        Reason = "reaches 4.5 mm/s",
        DueEarliest = Start,
        DueLatest = Start.AddDays(1),
    };
}

public sealed class SqliteOperationsTests : OperationsContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override Dictionary<string, string?> Database => new() { ["Operations:Database:File"] = _folder["operations.db"] };

    public override Task InitializeAsync() => Task.CompletedTask;

    public override Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();
}

public sealed class PostgresOperationsTests : OperationsContract
{
    private Postgres? _server;

    protected override Dictionary<string, string?> Database => new() { ["Operations:Database:PostgreSql"] = _server!.ConnectionString };

    public override async Task InitializeAsync() => _server = await Postgres.StartAsync();

    public override async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
