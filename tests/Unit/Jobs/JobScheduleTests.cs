using System.Threading.Channels;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Jobs;

/// <summary>The schedule over a real Quartz with its persistent store in SQLite.</summary>
public sealed class JobScheduleTests : IAsyncLifetime, IDisposable
{
    private readonly SqliteFixture _fixture = new();
    private readonly GatedJob _job = new();
    private JobHistory _history = null!;
    private JobSchedule _schedule = null!;

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        _job.Release();
        await _schedule.StopAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _schedule.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Triggered_job_runs_and_keeps_its_history_with_lines_and_duration()
    {
        _job.Release();
        await _schedule.TriggerAsync("gated", default);
        await _job.Ended;

        JobRunRecord run = await EndedRunAsync();
        Assert.Equal((JobOutcome.Succeeded, "person", 100L, "half way"), (run.Outcome, run.Cause, run.Progress, run.Message));
        Assert.NotNull(run.Duration);
        Assert.Equal("working", Assert.Single(await _history.LinesAsync(run.Id, default)).Text);
    }

    [Fact]
    public async Task Job_triggered_twice_never_overlaps_itself()
    {
        await _schedule.TriggerAsync("gated", default);
        await _job.Started;
        await _schedule.TriggerAsync("gated", default);
        _job.Release();
        await _job.EndedTimes(2);

        Assert.Equal(1, _job.MostAtOnce);
    }

    [Fact]
    public async Task Cancelled_job_sees_its_token_and_is_recorded_so()
    {
        await _schedule.TriggerAsync("gated", default);
        await _job.Started;

        Assert.True((await _schedule.CancelAsync("gated", default)).IsDone);

        Assert.Equal(JobOutcome.Cancelled, (await EndedRunAsync()).Outcome);
    }

    [Fact]
    public async Task Job_that_throws_is_recorded_as_failed_with_its_reason()
    {
        _job.Failure = new InvalidOperationException("the store is down");
        _job.Release();
        await _schedule.TriggerAsync("gated", default);

        JobRunRecord run = await EndedRunAsync();

        Assert.Equal((JobOutcome.Failed, "the store is down"), (run.Outcome, run.Message));
    }

    [Theory]
    [InlineData("2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z")]
    [InlineData("2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("2026-10-25T00:31:00Z", "2026-10-26T01:30:00Z")]
    public async Task Half_past_two_in_Berlin_comes_once_on_daylight_saving_days(string now, string next)
    {
        await _schedule.StopAsync(default);
        await _fixture.Reopen();
        await StartAsync(new ManualTime(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));

        await _schedule.RescheduleAsync("gated", "0 30 2 * * ?", default);

        Assert.Equal(next, Assert.Single(await _schedule.ListAsync(default)).NextRun!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Pause_and_changed_schedule_survive_a_restart()
    {
        DateTime until = new(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await _schedule.PauseAsync("gated", until, "pat", "line is being rebuilt", default);
        await _schedule.RescheduleAsync("gated", "0 30 5 * * ?", default);
        await _schedule.StopAsync(default);
        await _fixture.Reopen();

        await StartAsync();

        JobStatus status = Assert.Single(await _schedule.ListAsync(default));
        Assert.Equal(("0 30 5 * * ?", until, "pat", "Europe/Berlin"), (status.Cron, status.PausedUntil, status.PausedBy, status.TimeZone));
        Assert.Equal(5, TimeZoneInfo.ConvertTimeFromUtc(status.NextRun!.Value, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Hour);
    }

    [Fact]
    public async Task Runs_missed_while_nothing_ran_happen_once_at_the_next_start()
    {
        _job.Release();
        await RestartAtAsync("2026-11-22T00:00:00Z");
        await _schedule.RescheduleAsync("gated", "0 30 2 * * ?", default);

        await RestartAtAsync("2026-11-25T12:00:00Z");
        await _job.Ended;

        JobRunRecord run = await EndedRunAsync();
        Assert.Equal(("schedule", JobOutcome.Succeeded), (run.Cause, run.Outcome));
        Assert.Equal(new DateTime(2026, 11, 26, 1, 30, 0, DateTimeKind.Utc), Assert.Single(await _schedule.ListAsync(default)).NextRun);
        Assert.Single(await _history.ListAsync("gated", 10, default));
    }

    [Fact]
    public async Task Paused_job_is_skipped_with_the_reason_until_the_pause_ends_by_itself()
    {
        _job.Release();
        await RestartAtAsync("2026-11-22T00:00:00Z");
        await _schedule.RescheduleAsync("gated", "0 30 2 * * ?", default);
        await _schedule.PauseAsync("gated", new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc), "pat", "line is being rebuilt", default);

        await RestartAtAsync("2026-11-23T12:00:00Z");
        JobRunRecord skipped = await EndedRunAsync();
        await RestartAtAsync("2026-11-24T12:00:00Z");
        await _job.Ended;

        Assert.Equal(JobOutcome.Skipped, skipped.Outcome);
        Assert.Contains("paused by pat until 2026-11-24 00:00:00Z: line is being rebuilt", skipped.Message, StringComparison.Ordinal);
        Assert.Equal(1, _job.MostAtOnce);
    }

    [Fact]
    public async Task Scheduled_run_that_failed_comes_again_after_half_a_minute()
    {
        _job.Failure = new InvalidOperationException("the store is down");
        _job.Release();
        await RestartAtAsync("2026-11-22T00:00:00Z");
        await _schedule.RescheduleAsync("gated", "0 30 2 * * ?", default);
        await RestartAtAsync("2026-11-22T12:00:00Z");
        await _job.Ended;
        Assert.Equal(JobOutcome.Failed, (await EndedRunAsync()).Outcome);

        _job.Failure = null;
        await RestartAtAsync("2026-11-22T12:00:31Z");
        await _job.Ended;

        IReadOnlyList<JobRunRecord> runs = await _history.ListAsync("gated", 10, default);
        Assert.Equal(2, runs.Count);
        Assert.Equal("retry", runs[0].Cause);
    }

    [Fact]
    public async Task Schedule_that_is_no_cron_expression_is_refused_with_an_example()
    {
        ChangeResult<JobStatus> result = await _schedule.RescheduleAsync("gated", "every day", default);

        Assert.Contains("0 30 5 * * ?", result.Refusal, StringComparison.Ordinal);
        Assert.Equal(_job.DefaultCron, result.Value!.Cron);
    }

    [Fact]
    public async Task Unknown_job_is_not_found_and_the_known_ones_are_named()
    {
        ChangeResult<JobStatus> result = await _schedule.TriggerAsync("nothing", default);

        Assert.False(result.IsFound);
        Assert.Contains("gated", result.Refusal, StringComparison.Ordinal);
    }

    /// <summary>What happens when the process stops and is started again at that time.</summary>
    private async Task RestartAtAsync(string now)
    {
        await _schedule.StopAsync(default);
        _schedule.Dispose();
        await _fixture.Reopen();
        await StartAsync(new ManualTime(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));
    }

    private async Task StartAsync(TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        _history = new JobHistory(_fixture.Database, clock);
        _schedule = new JobSchedule(
            new JobRegistry([_job]),
            _history,
            _fixture.Database,
            WearPlant.Create(),
            Options.Create(new JobScheduleOptions()),
            clock,
            NullLoggerFactory.Instance);
        await _schedule.StartAsync(CancellationToken.None);
    }

    private async Task<JobRunRecord> EndedRunAsync()
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            if (await _history.LastAsync("gated", default) is { EndedAt: not null } run)
            {
                return run;
            }

            await poll.WaitForNextTickAsync();
        }
    }

    /// <summary>A job that waits until the test lets it go.</summary>
    private sealed class GatedJob : IScheduledJob
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<bool> _ended = Channel.CreateUnbounded<bool>();
        private int _now;

        public string Name => "gated";

        public string Description => "Waits";

        public string DefaultCron => "0 0 3 1 1 ?";

        public Task Started => _started.Task;

        public Task Ended => EndedTimes(1);

        public Exception? Failure { get; set; }

        public int MostAtOnce { get; private set; }

        public void Release() => _gate.TrySetResult();

        public async Task EndedTimes(int times)
        {
            for (int i = 0; i < times; i++)
            {
                await _ended.Reader.ReadAsync();
            }
        }

        public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
            await run.LogAsync("working", cancellationToken);
            await run.ReportAsync(50, "half way", cancellationToken);
            _started.TrySetResult();
            try
            {
                await _gate.Task.WaitAsync(cancellationToken);
                if (Failure is not null)
                {
                    throw Failure;
                }
            }
            finally
            {
                Interlocked.Decrement(ref _now);
                _ended.Writer.TryWrite(true);
            }
        }
    }
}
