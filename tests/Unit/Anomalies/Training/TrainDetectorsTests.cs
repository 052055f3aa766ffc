using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Training;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Tests.Unit.Jobs;
using Linewatch.Tests.Unit.Operations;
using Linewatch.Tests.Unit.Storage;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Anomalies.Training;

/// <summary>The job over the embedded store and database.</summary>
public sealed class TrainDetectorsTests : IDisposable
{
    private static readonly DateTime Begin = AlertDesk.Start.AddDays(-12);

    private readonly AlertDesk _desk = new(Line1.Plant);
    private readonly StoredReadings _store = new();
    private readonly ModelBook _models;
    private readonly JobHistory _history;

    public TrainDetectorsTests()
    {
        _models = new ModelBook(_desk.Fixture.Database, _desk.Clock);
        _history = new JobHistory(_desk.Fixture.Database, _desk.Clock);
    }

    private VerdictBook Verdicts => new(_desk.Fixture.Database, _desk.Alerts, _desk.Clock);

    private WorkOrderBook Orders => new(_desk.Fixture.Database, new CmmsLink(new FixedOptions<CmmsOptions>(new CmmsOptions()), _desk.Clock), _desk.Clock);

    public void Dispose()
    {
        _store.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task The_first_model_is_trained_tried_on_the_newest_days_and_put_into_use()
    {
        await WriteAsync(days: 12);

        await RunAsync();

        DetectorModel model = Assert.Single(await ListAsync());
        Assert.Equal((1L, "first", AlertDesk.Start), (model.Version, model.Cause, model.DataTo));
        Assert.Equal(Begin, model.DataFrom, TimeSpan.FromMinutes(1));
        Assert.InRange(model.Metrics.HeldBackDays, 2.9, 3);
        Assert.Equal(0, model.Metrics.FalseAlarms);
        Assert.Contains("\"Limit\":15", model.Parameters, StringComparison.Ordinal);
        ModelUse use = Assert.Single(await _models.InUseAsync(default));
        Assert.Equal((1L, 1L, "train-detectors"), (use.Number, use.Version, use.Author));
        MachineModel learned = MachineModel.Read((await _models.StateAsync("line1", "filler", 1, default))!, MonitorSettings.Default);
        Assert.IsType<DutyMonitor>(learned.MonitorOf("bearing_vibration"));
    }

    [Fact]
    public async Task A_machine_is_not_trained_again_before_it_is_due()
    {
        await WriteAsync(days: 12);
        await RunAsync();

        _desk.Clock.Advance(TimeSpan.FromDays(6.9));
        await RunAsync();
        Assert.Single(await ListAsync());

        _desk.Clock.Advance(TimeSpan.FromDays(0.2));
        await RunAsync();
        Assert.Equal(["schedule", "first"], (await ListAsync()).Select(model => model.Cause));
    }

    [Fact]
    public async Task Too_short_a_history_trains_nothing_and_the_log_says_why_to_who_asked()
    {
        await WriteAsync(days: 1, begin: AlertDesk.Start.AddDays(-1));
        await _models.WishAsync("line1", "filler", "mara", default);

        string run = await RunAsync();

        Assert.Empty(await ListAsync());
        Assert.Contains("2 days are needed", Assert.Single(await _history.LinesAsync(run, default)).Text, StringComparison.Ordinal);
        Assert.Empty(await _models.WishesAsync(default));
    }

    [Fact]
    public async Task Readings_from_which_nothing_can_be_learned_leave_the_model_in_use_and_the_log_says_why()
    {
        await WriteAsync(days: 12);
        await RunAsync();
        await _models.WishAsync("line1", "filler", "mara", default);

        string run = await RunAsync(store: new UnfitReadings(_store.Store));

        Assert.Equal(1, Assert.Single(await ListAsync()).Version);
        Assert.Equal(1, Assert.Single(await _models.InUseAsync(default)).Version);
        Assert.Equal("line1/filler: not trained, what watches it stays: no signal moves", Assert.Single(await _history.LinesAsync(run, default)).Text);
    }

    [Fact]
    public async Task Who_asks_gets_a_training_at_once_and_the_model_before_can_be_brought_back()
    {
        await WriteAsync(days: 12);
        await RunAsync();
        await _models.WishAsync("line1", "filler", "mara", default);

        await RunAsync();

        Assert.Equal(["person", "first"], (await ListAsync()).Select(model => model.Cause));
        Assert.Equal(2, Assert.Single(await _models.InUseAsync(default)).Version);
        Assert.True((await _models.RollBackAsync("line1", "filler", "mara", "too loud", default)).IsDone);
        ModelUse use = Assert.Single(await _models.InUseAsync(default));
        Assert.Equal((3L, 1L, "mara", "too loud"), (use.Number, use.Version, use.Author, use.Reason));
        Assert.False((await _models.UseAsync("line1", "filler", 1, "mara", "", default)).IsDone);
        Assert.False((await _models.UseAsync("line1", "filler", 9, "mara", "", default)).IsFound);
    }

    [Fact]
    public async Task Work_done_on_the_machine_makes_it_due_once_there_are_readings_of_it()
    {
        await WriteAsync(days: 12);
        await RunAsync();
        _desk.Clock.Advance(TimeSpan.FromHours(1));
        await ReplaceBearingAsync();

        _desk.Clock.Advance(TimeSpan.FromHours(20));
        await RunAsync();
        Assert.Single(await ListAsync());

        _desk.Clock.Advance(TimeSpan.FromHours(5));
        await RunAsync();
        await RunAsync();
        Assert.Equal(["work", "first"], (await ListAsync()).Select(model => model.Cause));
    }

    [Theory]
    [InlineData("bearing_vibration")]
    [InlineData(null)]
    public async Task A_signal_or_the_signals_together_that_drift_make_the_machine_due_once_there_are_readings_to_hold_back(string? signal)
    {
        await WriteAsync(days: 12);
        await RunAsync();
        await _desk.Alerts.RaiseAsync(
            new AlertCondition { Rule = DetectorRules.Drift, Source = new AlertSource("line1", "filler", signal), Severity = AlertSeverity.Advisory, EventTime = AlertDesk.Start, Message = "a training is due" },
            default);

        _desk.Clock.Advance(TimeSpan.FromDays(2.9));
        await RunAsync();
        Assert.Single(await ListAsync());

        _desk.Clock.Advance(TimeSpan.FromDays(0.2));
        await RunAsync();
        Assert.Equal(["drift", "first"], (await ListAsync()).Select(model => model.Cause));
    }

    [Fact]
    public async Task A_model_that_learned_a_fault_is_kept_aside()
    {
        // What somebody judged to be a fault is found by the first model; the second has it in nearly all of its history.
        await WriteAsync(days: 16, shift: day => day > 13 ? 6 : 0);
        await RunAsync();
        _desk.Clock.Advance(TimeSpan.FromDays(4));
        Alert alert = await RaiseAsync(AlertDesk.Start.AddDays(1));
        await Verdicts.JudgeAsync(alert.Id, Judgement.True, "mara", "", default);
        await _models.WishAsync("line1", "filler", "mara", default);

        await RunAsync(new TrainDetectorsOptions { History = TimeSpan.FromDays(2.5), HeldBack = TimeSpan.FromDays(2) });

        DetectorModel aside = (await ListAsync())[0];
        Assert.Contains("finds 0 of 1 known faults", aside.Decision, StringComparison.Ordinal);
        Assert.Equal(1, aside.MetricsInUse!.TrueFound);
        Assert.Equal(1, Assert.Single(await _models.InUseAsync(default)).Version);
    }

    [Fact]
    public async Task Old_models_are_forgotten_but_never_the_one_in_use()
    {
        await WriteAsync(days: 12);
        for (int i = 0; i < 4; i++)
        {
            await _models.WishAsync("line1", "filler", "mara", default);
            await RunAsync(new TrainDetectorsOptions { Kept = 2 });
            if (i == 0)
            {
                await _models.WishAsync("line1", "filler", "mara", default);
                await RunAsync(new TrainDetectorsOptions { Kept = 2 });
                Assert.True((await _models.UseAsync("line1", "filler", 1, "mara", "", default)).IsDone);
            }
        }

        IReadOnlyList<DetectorModel> kept = await ListAsync();
        ModelUse use = Assert.Single(await _models.InUseAsync(default));
        Assert.Contains(kept, model => model.Version == use.Version);
        Assert.DoesNotContain(kept, model => model.Version == 1 && use.Version > 2);
        Assert.InRange(kept.Count, 2, 4);
    }

    private Task<IReadOnlyList<DetectorModel>> ListAsync() => _models.ListAsync("line1", "filler", default);

    private Task WriteAsync(double days, DateTime? begin = null, Func<double, double>? shift = null) =>
        _store.WriteAsync(Line1.Readings(begin ?? Begin, days, shift: shift));

    private async Task<string> RunAsync(TrainDetectorsOptions? options = null, IReadingStore? store = null)
    {
        TrainDetectors job = new(
            Line1.Plant, store ?? _store.Store, _models, _desk.Alerts, Verdicts, Orders, MonitorSettings.Default, Options.Create(options ?? new TrainDetectorsOptions()), _desk.Clock);
        JobRun run = await _history.BeginAsync(job.Name, "node", "person", AlertDesk.Start, default);
        await job.RunAsync(run, default);
        return run.Id;
    }

    private Task<Alert> RaiseAsync(DateTime eventTime) => _desk.Alerts.RaiseAsync(
        new AlertCondition
        {
            Rule = DetectorRules.Anomaly,
            Source = AlertSource.Of(WearPlant.Vibration.Path),
            Severity = AlertSeverity.Advisory,
            EventTime = eventTime,
            Message = "Main bearing vibration is 2.3 mm/s",
        },
        default);

    private async Task ReplaceBearingAsync()
    {
        DateTime now = _desk.Clock.GetUtcNow().UtcDateTime;
        WorkOrder order = await Orders.ProposeAsync(
            new WorkOrderProposal
            {
                Title = "Replace main bearing",
                Line = "line1",
                Machine = "filler",
                Component = "main bearing",
                Origin = "person",
                Reason = "worn",
                DueEarliest = now,
                DueLatest = now,
            },
            "pat",
            default);
        await Orders.CloseAsync(order, now, finding: null);
    }

    /// <summary>A store whose readings, read as a whole, teach nothing.</summary>
    private sealed class UnfitReadings(IReadingStore store) : PartialStore
    {
        public override IAsyncEnumerable<Sample> RangeAsync(SignalPath signal, DateTime from, DateTime to, int limit, CancellationToken cancellationToken) =>
            limit < int.MaxValue ? store.RangeAsync(signal, from, to, limit, cancellationToken) : throw new InvalidDataException("no signal moves");

        public override Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken) => store.LastAsync(signal, before, cancellationToken);
    }
}
