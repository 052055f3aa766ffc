using System.Data.Common;
using Linewatch.Jobs.History;
using Linewatch.Operations;
using Linewatch.Operations.Database;
using Linewatch.Plants;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace Linewatch.Jobs.Schedule;

/// <summary>
/// What runs when. Quartz keeps the schedule in the operations database, so it survives restarts; on PostgreSQL several
/// nodes share it and each run happens on one of them. Thread-safe after start.
/// </summary>
public sealed partial class JobSchedule : IHostedService, IDisposable
{
    /// <summary>A run that was due while nothing was running happens once at the next start, not once for each time missed.</summary>
    private const CronTriggerMisfireInstruction Misfire = CronTriggerMisfireInstruction.FireAndProceed;

    private static readonly TimeSpan RetryStartAfter = TimeSpan.FromSeconds(5);

    private static readonly RetryPolicy Retry = RetryPolicy.Exponential(3, TimeSpan.FromSeconds(30), 4, TimeSpan.FromMinutes(15));

    private readonly JobRegistry _registry;
    private readonly JobHistory _history;
    private readonly OperationsDatabase _database;
    private readonly CurrentPlant _plant;
    private readonly JobScheduleOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<JobSchedule> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _retrying = Task.CompletedTask;
    private IScheduler? _scheduler;

    internal JobSchedule(
        JobRegistry registry,
        JobHistory history,
        OperationsDatabase database,
        CurrentPlant plant,
        IOptions<JobScheduleOptions> options,
        TimeProvider clock,
        ILoggerFactory loggers)
    {
        _registry = registry;
        _history = history;
        _database = database;
        _plant = plant;
        _options = options.Value;
        _clock = clock;
        _loggers = loggers;
        _logger = loggers.CreateLogger<JobSchedule>();
    }

    private IScheduler Scheduler => _scheduler ?? throw new InvalidOperationException("the job schedule has not started: the operations database cannot be reached");

    /// <summary>Starts the schedule; while the database cannot be reached it says so and keeps trying, and the calls below throw.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartSchedulerAsync(cancellationToken);
        }
        catch (DbException unreachable)
        {
            LogUnreachable(unreachable);
            _retrying = RetryAsync();
        }
    }

    /// <summary>Stops the schedule; runs in progress are cancelled and waited for.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _retrying;
        if (_scheduler is not null)
        {
            await _scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    /// <summary>Every job as it stands, by name.</summary>
    public async Task<IReadOnlyList<JobStatus>> ListAsync(CancellationToken cancellationToken)
    {
        List<JobStatus> jobs = [];
        foreach (IScheduledJob job in _registry.All)
        {
            jobs.Add(await StatusAsync(job, cancellationToken));
        }

        return jobs;
    }

    /// <summary>Runs a job as soon as it is not running already.</summary>
    public Task<ChangeResult<JobStatus>> TriggerAsync(string name, CancellationToken cancellationToken) => ChangeAsync(
        name,
        async job =>
        {
            JobDataMap data = new() { [JobRunner.CauseKey] = "person" };
            await Scheduler.TriggerJob(new JobKey(job.Name), data, cancellationToken);
            return null;
        },
        cancellationToken);

    /// <summary>Stops the run in progress, if any; the job sees its token cancelled.</summary>
    public Task<ChangeResult<JobStatus>> CancelAsync(string name, CancellationToken cancellationToken) => ChangeAsync(
        name,
        async job => (await Scheduler.Interrupt(new JobKey(job.Name), cancellationToken)) ? null : "the job is not running on this node",
        cancellationToken);

    /// <summary>Lets no planned run happen until a time; runs that people ask for still do.</summary>
    public Task<ChangeResult<JobStatus>> PauseAsync(string name, DateTime until, string author, string reason, CancellationToken cancellationToken) => ChangeAsync(
        name,
        async job =>
        {
            if (until <= _clock.GetUtcNow().UtcDateTime)
            {
                return $"the pause would end at {until:u}, before it begins";
            }

            JobSetting setting = await JobSetting.ReadAsync(_database, name, cancellationToken);
            await (setting with { PausedUntil = until, PausedBy = author, PausedReason = reason }).SaveAsync(_database, cancellationToken);
            return null;
        },
        cancellationToken);

    /// <summary>Ends a pause.</summary>
    public Task<ChangeResult<JobStatus>> ResumeAsync(string name, CancellationToken cancellationToken) => ChangeAsync(
        name,
        async job =>
        {
            JobSetting setting = await JobSetting.ReadAsync(_database, name, cancellationToken);
            await (setting with { PausedUntil = null, PausedBy = null, PausedReason = null }).SaveAsync(_database, cancellationToken);
            return null;
        },
        cancellationToken);

    /// <summary>Changes when a job runs: a Quartz cron expression, seconds first, in the plant's time zone; null = as it was built.</summary>
    public Task<ChangeResult<JobStatus>> RescheduleAsync(string name, string? cron, CancellationToken cancellationToken) => ChangeAsync(
        name,
        async job =>
        {
            if (cron is not null && CronText.Fault(cron) is { } fault)
            {
                return fault;
            }

            JobSetting setting = await JobSetting.ReadAsync(_database, name, cancellationToken);
            await (setting with { Cron = cron }).SaveAsync(_database, cancellationToken);
            await PutAsync(job, cancellationToken);
            return null;
        },
        cancellationToken);

    private static TriggerKey TriggerOf(IScheduledJob job) => new(job.Name);

    private async Task<ChangeResult<JobStatus>> ChangeAsync(string name, Func<IScheduledJob, Task<string?>> change, CancellationToken cancellationToken)
    {
        _ = Scheduler;
        if (!_registry.TryFind(name, out IScheduledJob? job))
        {
            return ChangeResult.NotFound<JobStatus>($"there is no job {name}; known: {string.Join(", ", _registry.All.Select(known => known.Name))}");
        }

        string? refusal = await change(job);
        JobStatus status = await StatusAsync(job, cancellationToken);
        return refusal is null ? ChangeResult.Done(status) : ChangeResult.Refused(status, refusal);
    }

    private async Task StartSchedulerAsync(CancellationToken cancellationToken)
    {
        await _database.UpgradeAsync(cancellationToken);
        IScheduler scheduler = await QuartzSchedulerBuilder.Create(Configure).BuildScheduler(cancellationToken);
        _scheduler = scheduler;
        foreach (IScheduledJob job in _registry.All)
        {
            await PutAsync(job, cancellationToken);
        }

        await scheduler.Start(cancellationToken);
    }

    private async Task RetryAsync()
    {
        while (_scheduler is null && !_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(RetryStartAfter, _clock, _stopping.Token);
                await StartSchedulerAsync(_stopping.Token);
            }
            catch (DbException unreachable)
            {
                LogUnreachable(unreachable);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Configure(IQuartzBuilder quartz)
    {
        quartz.Services.AddSingleton(_loggers);
        quartz.Services.AddSingleton(_registry);
        quartz.Services.AddSingleton(_history);
        quartz.Services.AddSingleton(_database);
        quartz.Services.AddSingleton(_clock);
        quartz.ConfigureScheduler(options =>
        {
            options.InstanceName = "linewatch";
            options.GenerateInstanceId = true;
            options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
        });
        quartz.UseTimeProvider(_clock);
        quartz.UseDefaultThreadPool(_options.AtOnce);
        quartz.UsePersistentStore(store =>
        {
            // The job store's schema is Quartz's own and changes with its version; Quartz creates what is missing.
            store.ProvisionSchema();
            store.ConfigureStore(options => options.StoreJobDataAsStrings = true);
            if (_database.Kind == DatabaseKind.PostgreSql)
            {
                store.UsePostgres(NpgsqlFactory.Instance, _database.ConnectionString);
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = _options.CheckIn;
                    cluster.CheckinMisfireThreshold = _options.CheckIn;
                });
            }
            else
            {
                store.UseSqlite(SqliteFactory.Instance, _database.ConnectionString);
            }
        });
    }

    /// <summary>Makes the stored job and its trigger what they should be; a trigger that already is stays, with its next run.</summary>
    private async Task PutAsync(IScheduledJob job, CancellationToken cancellationToken)
    {
        string cron = (await JobSetting.ReadAsync(_database, job.Name, cancellationToken)).Cron ?? job.DefaultCron;
        TimeZoneInfo zone = _plant.Value.TimeZone;
        IJobDetail detail = JobBuilder.Create<JobRunner>()
            .WithIdentity(job.Name)
            .WithDescription(job.Description)
            .StoreDurably(true)
            .RequestRecovery(true)
            .Build();
        await Scheduler.AddJob(detail, new AddJobOptions { Replace = true }, cancellationToken);
        if (await Scheduler.GetTrigger(TriggerOf(job), cancellationToken) is ICronTrigger stored
            && stored.CronExpressionString == cron && stored.TimeZone.Id == zone.Id)
        {
            return;
        }

        ITrigger trigger = TriggerBuilder.Create<JobRunner>(_clock)
            .WithIdentity(TriggerOf(job))
            .ForJob(detail)
            .WithSchedule(CronScheduleBuilder.Create(cron).InTimeZone(zone).WithMisfireInstruction(Misfire))
            .WithRetryPolicy(Retry)
            .Build();
        await Scheduler.UnscheduleJob(TriggerOf(job), cancellationToken);
        await Scheduler.ScheduleJob(trigger, cancellationToken: cancellationToken);
    }

    private async Task<JobStatus> StatusAsync(IScheduledJob job, CancellationToken cancellationToken)
    {
        JobSetting setting = await JobSetting.ReadAsync(_database, job.Name, cancellationToken);
        ITrigger? trigger = await Scheduler.GetTrigger(TriggerOf(job), cancellationToken);
        bool isPaused = setting.IsPausedAt(_clock.GetUtcNow().UtcDateTime);
        return new JobStatus(
            job.Name,
            job.Description,
            setting.Cron ?? job.DefaultCron,
            _plant.Value.TimeZone.Id,
            trigger?.NextFireTimeUtc?.UtcDateTime,
            isPaused ? setting.PausedUntil : null,
            isPaused ? setting.PausedBy : null,
            isPaused ? setting.PausedReason : null,
            await _history.LastAsync(job.Name, cancellationToken));
    }

    [LoggerMessage(6001, LogLevel.Error, "The operations database cannot be reached; jobs do not run until it can")]
    private partial void LogUnreachable(Exception unreachable);
}
