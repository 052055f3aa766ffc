using System.Diagnostics.Metrics;
using Linewatch.Operations;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Operations;

/// <summary>Alerts, incidents and the outbox over one database, as the services put them together.</summary>
public sealed class AlertDesk : IDisposable
{
    public static readonly DateTime Start = new(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc);

    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public AlertDesk(CurrentPlant? plant = null, NotificationOptions? notifications = null)
    {
        Plant = plant ?? BottlingPlant.Create();
        Notifications = new FixedOptions<NotificationOptions>(notifications ?? new NotificationOptions());
        Compose();
    }

    public SqliteFixture Fixture { get; } = new();

    public ManualTime Clock { get; } = new(Start);

    public CurrentPlant Plant { get; }

    internal FixedOptions<NotificationOptions> Notifications { get; }

    public OperationsMetrics Metrics { get; private set; } = null!;

    public AlertBook Alerts { get; private set; } = null!;

    public IncidentBook Incidents { get; private set; } = null!;

    public NotificationBook Outbox { get; private set; } = null!;

    /// <summary>What a restart does: everything anew over what is on disk.</summary>
    public async Task RestartAsync()
    {
        await Fixture.Reopen();
        Compose();
    }

    internal LineAlerts Rules(AlertRulesOptions options, string line = "line1") =>
        new(Plant.Value.Lines.Single(candidate => candidate.Id == line), options, Alerts, Fixture.Database);

    /// <summary>The rules over every line of the plant, without a journal.</summary>
    internal RuleFlow RuleFlow(AlertRulesOptions? options = null) => new(
        new LineAlertsFactory(Alerts, Fixture.Database, new FixedOptions<AlertRulesOptions>(options ?? new AlertRulesOptions())),
        Alerts,
        Plant,
        _meters,
        Clock,
        NullLogger<RuleFlow>.Instance);

    /// <summary>What the history of the one alert of a rule says; empty where there is none, or more than one.</summary>
    public async Task<string> StoryAsync(string rule) => await Alerts.ListAsync(new AlertFilter { Rule = rule }, default) is [var alert]
        ? string.Join(' ', (await Alerts.HistoryAsync(alert.Id, default)).Select(happened => happened.Kind.ToString().ToLowerInvariant()))
        : "";

    public void Dispose()
    {
        Fixture.Dispose();
        _meters.Dispose();
    }

    private void Compose()
    {
        Metrics = new OperationsMetrics(_meters.GetRequiredService<IMeterFactory>());
        IncidentDesk desk = new(Plant, new NotificationPlan(Notifications, Clock), Clock);
        Alerts = new AlertBook(Fixture.Database, desk, Metrics, Clock);
        Incidents = new IncidentBook(Fixture.Database, Alerts, Clock);
        Outbox = new NotificationBook(Fixture.Database, Notifications, Clock);
    }
}

/// <summary>Options that a test may change between two steps.</summary>
internal sealed class FixedOptions<T>(T value) : IOptionsMonitor<T>
{
    public T CurrentValue { get; set; } = value;

    public T Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}
