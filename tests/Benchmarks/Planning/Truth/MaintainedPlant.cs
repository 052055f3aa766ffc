using Linewatch.Analytics.Planning;
using Linewatch.BottlingPlant;
using Linewatch.Jobs;
using Linewatch.Jobs.Forecasting;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Planning;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Reports;
using Linewatch.Operations.Rules;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Server.Quality;
using Linewatch.Storage;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Linewatch.Tests.Benchmarks.Planning.Truth;

/// <summary>
/// A virtual plant that is maintained by the product: forecast and plan are the production jobs over a real operations database, and what
/// they plan is done in the simulation at that time, so that a part replaced in time never fails. People do what the plan says, and
/// close their orders with what they found.
/// </summary>
internal sealed class MaintainedPlant : IAsyncDisposable
{
    private static readonly TimeSpan Notice = TimeSpan.FromHours(1);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _clock;
    private readonly ServiceProvider _services;
    private readonly VirtualPlant _source;
    private readonly ObservedPlant _observed;
    private readonly WorkOrderBook _orders;
    private readonly JobHistory _history;
    private readonly IScheduledJob[] _jobs;
    private readonly MaintenanceMarks _marks;
    private readonly List<PlannedJob> _accepted = [];
    private readonly HashSet<(string, string, string, DateTime)> _failed = [];
    private readonly TimeSpan _every;
    private readonly DateTime _end;

    public MaintainedPlant(VirtualPlantOptions options, int days, TimeSpan every, bool withAlerts, MaintenanceMarks marks)
    {
        _source = new VirtualPlant(options);
        _every = every;
        _end = _source.Start.AddDays(days);
        _marks = marks;
        _clock = new ManualTime(new DateTimeOffset(_source.Start));
        Plant = PlantFile.Parse(_source.PlantYaml, "plant.yaml").Plant ?? throw new InvalidOperationException("the virtual plant describes itself wrongly");
        WindowedReadings readings = new();
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Operations:Database:File"] = _folder["operations.db"] }).Build());
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton(new CurrentPlant(Plant));
        services.AddSingleton<IReadingStore>(readings);
        services.AddOperations().AddJobs();
        _services = services.BuildServiceProvider();
        _orders = _services.GetRequiredService<WorkOrderBook>();
        _history = _services.GetRequiredService<JobHistory>();
        _jobs = [ActivatorUtilities.CreateInstance<ForecastWear>(_services), ActivatorUtilities.CreateInstance<PlanMaintenance>(_services)];
        _observed = new ObservedPlant(Plant, readings, new RecentReadings(TimeSpan.FromHours(9)), withAlerts ? _services.GetRequiredService<LineAlertsFactory>() : null);
    }

    public Plant Plant { get; }

    /// <summary>Every course of a failure so far.</summary>
    public IReadOnlyList<FailureCourse> Courses => _source.Courses;

    /// <summary>Runs the plant to its end.</summary>
    public async Task RunAsync()
    {
        DateTime quarter = _source.Start;
        DateTime next = _source.Start + _every;
        foreach (SimulatedMessage message in _source.Messages(_source.Start, _end))
        {
            if (message.PublishTime >= quarter)
            {
                _clock.Advance(quarter - _clock.GetUtcNow().UtcDateTime);
                await _observed.AdvanceAsync(quarter);
                await ReplaceAsync(quarter);
                await CloseFailedAsync(quarter);
                if (quarter >= next)
                {
                    await PlanAsync(quarter);
                    next += _every;
                }

                quarter += WindowedReadings.Window;
            }

            _observed.Take(message);
        }
    }

    /// <summary>The alarm system's report of the whole run, for so many operators.</summary>
    public Task<AlarmReport> AlarmsAsync(int operators) =>
        _services.GetRequiredService<ReportBook>().AlarmsAsync(_source.Start, _end, null, operators, CancellationToken.None);

    /// <summary>Alerts that a component differs from its like, and how many of them came while no failure of it was under way.</summary>
    public async Task<(int All, int False)> OddComponentsAsync()
    {
        IReadOnlyList<Alert> alerts = await _services.GetRequiredService<AlertBook>().ListAsync(
            new AlertFilter { Rule = QualityWatch.Detector, Limit = 10_000 }, CancellationToken.None);
        return (alerts.Count, alerts.Count(alert => !Courses.Any(course =>
            Shows(course, alert.Line, alert.Machine, alert.Signal!) && course.Onset <= alert.RaisedAt && !(course.Repaired < alert.RaisedAt))));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Forecast and plan; what would be in the past at the next plan is accepted as planned.</summary>
    private async Task PlanAsync(DateTime now)
    {
        foreach (IScheduledJob job in _jobs)
        {
            await job.RunAsync(await _history.BeginAsync(job.Name, "benchmark", "schedule", now, CancellationToken.None), CancellationToken.None);
        }

        IReadOnlyList<MachineHealth> health = await _services.GetRequiredService<HealthBook>().ListAsync(line: null, CancellationToken.None);
        _observed.Take(HealthWatch.Judge(Plant, health, new ForecastWearOptions().HealthAlertBelow));
        IReadOnlyList<WorkOrder> open = await _orders.ListAsync(new WorkOrderFilter { OpenOnly = true, Limit = 10_000 }, CancellationToken.None);
        PlanRevision plan = await _services.GetRequiredService<PlanBook>().LatestAsync(CancellationToken.None);
        _marks.Take(now, open, plan, Courses, SignalOf);
        foreach (PlannedJob job in plan.Jobs.Where(job => !job.IsPinned && job.Start < now + _every + Notice))
        {
            await MoveAsync(job.Order, WorkOrderState.Approved, null, null);
            await MoveAsync(job.Order, WorkOrderState.Scheduled, job.Start, job.End);
            _accepted.Add(job);
        }
    }

    /// <summary>Does what was accepted for this time.</summary>
    private async Task ReplaceAsync(DateTime now)
    {
        foreach (PlannedJob job in _accepted.Where(job => job.Start <= now).ToList())
        {
            _accepted.Remove(job);
            if (await _orders.FindAsync(job.Order, CancellationToken.None) is not { State: WorkOrderState.Scheduled } order)
            {
                continue;
            }

            string signal = SignalOf(order);
            bool worn = Courses.Any(course => Shows(course, order.Line, order.Machine, signal) && course.Onset <= now && course.Repaired is null);
            _source.Replace(order.Line, order.Machine, signal);
            await CloseAsync(order, worn ? WorkOrderFinding.Worn : WorkOrderFinding.Sound);
            _marks.Replaced(order, Plant, job.Stop == OpportunityKind.ExtraStop, worn);
        }
    }

    /// <summary>What failed and was repaired: the open order of the component is closed with it, or one is written for it.</summary>
    private async Task CloseFailedAsync(DateTime now)
    {
        foreach (FailureCourse course in Courses.Where(course => course is { FunctionalFailure: not null, Repaired: not null, IsBenign: false }))
        {
            if (!Plant.TryGetLine(course.Line, out Line? line)
                || line.Machines.First(machine => machine.Id == course.Machine).Signals.FirstOrDefault(signal => signal.Wear is not null && course.Signals.Contains(signal.Path.Signal)) is not { Wear: { } wear }
                || !_failed.Add((course.Line, course.Machine, course.Mode, course.Onset)))
            {
                continue;
            }

            WorkOrder order = await _orders.ProposeAsync(
                new WorkOrderProposal
                {
                    Title = $"Replace {wear.Component}",
                    Line = course.Line,
                    Machine = course.Machine,
                    Component = wear.Component,
                    Priority = WorkOrderPriority.Urgent,
                    Origin = "person",
                    Reason = "failed",
                    DueEarliest = now,
                    DueLatest = now,
                },
                "technician",
                CancellationToken.None);
            _marks.Failed(order, Plant);
            await CloseAsync(order, WorkOrderFinding.Failed);
        }
    }

    private Task CloseAsync(WorkOrder order, WorkOrderFinding finding) => _orders.CloseAsync(order, _clock.GetUtcNow().UtcDateTime, finding);

    private async Task MoveAsync(string order, WorkOrderState to, DateTime? start, DateTime? end)
    {
        ChangeResult<WorkOrder> moved = await _orders.MoveAsync(order, to, "technician", "", start, end, CancellationToken.None);
        if (!moved.IsDone)
        {
            throw new InvalidOperationException($"{to}: {moved}");
        }
    }

    private string SignalOf(WorkOrder order) => Plant.Lines.First(line => line.Id == order.Line).Machines.First(machine => machine.Id == order.Machine)
        .Signals.First(signal => signal.Wear?.Component == order.Component).Path.Signal;

    private static bool Shows(FailureCourse course, string line, string machine, string signal) =>
        !course.IsBenign && course.Line == line && course.Machine == machine && course.Signals.Contains(signal);
}
