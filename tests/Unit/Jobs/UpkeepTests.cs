using Dapper;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Jobs.Upkeep;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Balance;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Jobs;

public sealed class UpkeepTests : IDisposable
{
    private static readonly DateTime Now = AlertDesk.Start;

    private readonly AlertDesk _desk = new();
    private readonly StoredReadings _readings = new();
    private readonly TemporaryFolder _folder = new();
    private readonly JobHistory _history;

    public UpkeepTests() => _history = new JobHistory(_desk.Fixture.Database, _desk.Clock);

    public void Dispose()
    {
        _desk.Dispose();
        _readings.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Backups_open_as_databases_and_only_the_newest_are_kept()
    {
        BackUpOperations job = new(_desk.Fixture.Database, Options.Create(new UpkeepOptions { BackupFolder = _folder.Path, Backups = 2 }), _desk.Clock);
        await _desk.Alerts.RaiseAsync(Condition(), default);
        for (int day = 0; day < 3; day++)
        {
            await RunAsync(job);
            _desk.Clock.Advance(TimeSpan.FromDays(1));
        }

        string[] files = [.. Directory.GetFiles(_folder.Path).Order()];
        Assert.Equal(["operations-20261124T090000Z.db", "operations-20261125T090000Z.db"], files.Select(Path.GetFileName));
        await using OperationsDatabase copy = new(Options.Create(new DatabaseOptions { File = files[1] }), NullLogger<OperationsDatabase>.Instance);
        await using System.Data.Common.DbConnection connection = await copy.OpenAsync(default);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM alert"));
    }

    [Fact]
    public async Task Retention_deletes_old_readings_and_runs_and_nothing_newer()
    {
        await _readings.WriteAsync([new Reading(WearPlant.Vibration, Now.AddDays(-91), 1), new Reading(WearPlant.Vibration, Now.AddDays(-80), 2)]);
        RetainData job = new(_readings.Store, _desk.Fixture.Database, Options.Create(new StorageOptions()), Options.Create(new UpkeepOptions { KeepRuns = TimeSpan.FromDays(1) }), _desk.Clock);
        string first = await RunAsync(job);
        await _history.EndAsync(first, JobOutcome.Succeeded, "", default);
        _desk.Clock.Advance(TimeSpan.FromDays(2));

        await RunAsync(job);

        Assert.Equal(1, await _readings.Store.CountAsync(WearPlant.Vibration.Path, Now.AddDays(-200), Now, default));
        Assert.Null(await _history.FindAsync(first, default));
    }

    [Fact]
    public async Task Downsampling_covers_the_last_hours()
    {
        await _readings.WriteAsync([.. Enumerable.Range(0, 60).Select(minute => new Reading(WearPlant.Vibration, Now.AddHours(-2).AddMinutes(minute), minute))]);

        await RunAsync(new DownsampleReadings(_readings.Store, Options.Create(new UpkeepOptions()), _desk.Clock));
        await _readings.Store.DeleteBeforeAsync(Now, default);

        IReadOnlyList<WindowAggregate> windows = await _readings.Store.AggregateAsync(WearPlant.Vibration.Path, Now.AddHours(-2), Now.AddHours(-1), TimeSpan.FromHours(1), default);
        Assert.Equal(60, Assert.Single(windows).Count);
    }

    [Fact]
    public async Task Balance_is_kept_in_the_history_and_a_wrong_one_fails_the_run()
    {
        MessageBalance balance = new(_folder["balance"]);
        CheckBalance job = new(balance);
        string run = await RunAsync(job);
        Assert.Contains("difference 0", (await _history.FindAsync(run, default))!.Message, StringComparison.Ordinal);

        // The consumer passes a message without counting it.
        BatchTally uncounted = new();
        uncounted.Begin(ordinal: 1);
        balance.Add(uncounted);

        InvalidOperationException wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(job));
        Assert.Contains("unaccounted for", wrong.Message, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(IScheduledJob job)
    {
        JobRun run = await _history.BeginAsync(job.Name, "node", "schedule", _desk.Clock.GetUtcNow().UtcDateTime, default);
        await job.RunAsync(run, default);
        return run.Id;
    }

    private static AlertCondition Condition() => new()
    {
        Rule = "band",
        Source = new AlertSource("line1", "filler"),
        Severity = AlertSeverity.Low,
        EventTime = Now,
        Message = "odd",
    };
}
