using System.Globalization;
using Linewatch.Analytics.Prognosis;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Storage;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// Keeps the runs of components that closed orders found worn out, scores the health of components and machines, fits the trend of every signal with a wear limit, forecasts when it
/// reaches the limit, by the trend and by past runs to failure of the same kind, and opens or revises the
/// proposal to replace the component, due before the early end of the forecast's band.
/// </summary>
internal sealed class ForecastWear(
    CurrentPlant plant,
    IReadingStore store,
    WorkOrderBook orders,
    ComponentRunBook runBook,
    IOptions<ForecastWearOptions> options,
    TimeProvider clock) : IScheduledJob
{
    private const string Author = "forecast-wear";

    private const string Origin = "forecast";

    /// <summary>A proposal opens at the latest when this share of the remaining life is left, so that there is room to plan.</summary>
    private const double WindowShare = 0.4;

    private const int MostRuns = 10_000;

    /// <inheritdoc/>
    public string Name => Author;

    /// <inheritdoc/>
    public string Description => "Scores health, forecasts when each wear signal reaches its limit and proposes the replacement";

    /// <inheritdoc/>
    public string DefaultCron => options.Value.Cron;

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        Plant now = plant.Value;
        (Line Line, Machine Machine, Signal Signal, WearLimit Wear)[] watched =
        [
            .. from line in now.Lines
               from machine in line.Machines
               from signal in machine.Signals
               where signal.Wear is not null
               select (line, machine, signal, signal.Wear),
        ];
        IReadOnlyList<WorkOrder> done = await orders.ListAsync(new WorkOrderFilter { State = WorkOrderState.Done, Limit = 10_000 }, cancellationToken);
        DateTime to = clock.GetUtcNow().UtcDateTime;
        await new RunRecorder(runBook, store, options.Value.Window).RecordAsync(now, done, await runBook.ListAsync(null, MostRuns, cancellationToken), cancellationToken);
        IReadOnlyList<ComponentRun> runs = await runBook.ListAsync(null, MostRuns, cancellationToken);
        RunningSamples samples = new(store, to - options.Value.History, to, options.Value.Window);
        Dictionary<(string Line, string Machine, string Component), DateTime> replaced = Replaced(done);
        Dictionary<string, int> quiet = new(StringComparer.Ordinal);
        HealthScores scores = new(store);
        int proposals = 0;
        for (int i = 0; i < watched.Length; i++)
        {
            (Line line, Machine machine, Signal signal, WearLimit wear) = watched[i];
            if (i % 16 == 0)
            {
                await run.ReportAsync(100 * i / watched.Length, signal.Path.ToString(), cancellationToken);
            }

            DateTime since = replaced.GetValueOrDefault((line.Id, machine.Id, wear.Component));
            WearSample[] values = await samples.ReadAsync(machine, signal, since, cancellationToken);
            DateTime? renewed = null;
            if (WearReset.FindLast(values, wear.Limit, wear.Rising) is { } reset)
            {
                renewed = (to - options.Value.History).AddHours(reset.Hours);
                values = values[reset.Index..];
                await RenewedAsync(run, line, machine, signal, wear, reset, renewed.Value, cancellationToken);
            }

            if (values.Length > 0)
            {
                scores.Add(line, machine, signal, HealthIndex.OfComponent(values, wear.Limit, wear.Rising));
            }

            WearForecast forecast = WearTrend.Forecast(
                values,
                wear.Limit,
                wear.Rising,
                new WearTrendSettings { ShortestSpanHours = options.Value.ShortestSpan.TotalHours, HorizonHours = options.Value.Horizon.TotalHours });
            if (forecast.Refusal is { } refusal)
            {
                // A hundred valves without a trend are one line.
                string text = wear.AgainstSiblings
                    ? $"{line.Id}/{machine.Id}: no forecast for signals that are compared with their siblings"
                    : $"{signal.Path}: no forecast: {refusal}{ByAge(done, runs, line, machine, wear, renewed, to)}";
                quiet[text] = quiet.GetValueOrDefault(text) + 1;
                continue;
            }

            string by = "";
            if (SimilarRuns(runs, wear) is { Length: >= PastRuns.Fewest } past && PastRuns.Judge(forecast.Since(values), past, wear.Limit) is { } similar)
            {
                forecast = forecast.With(similar);
                by = $", and {past.Length} past runs to failure";
            }

            await ProposeAsync(run, line, machine, signal, wear, values, forecast, by, to - options.Value.History, cancellationToken);
            proposals++;
        }

        foreach ((string text, int count) in quiet)
        {
            await run.LogAsync(count == 1 ? text : $"{text} ({count})", cancellationToken);
        }

        await scores.KeepAsync(now.Site, to, cancellationToken);
        await run.ReportAsync(100, $"{watched.Length} wear signals, {proposals} proposals", cancellationToken);
    }

    /// <summary>When each component was last replaced: orders that found it sound, or something else, did not.</summary>
    private static Dictionary<(string Line, string Machine, string Component), DateTime> Replaced(IEnumerable<WorkOrder> done) => done
        .Where(order => order is { EndedAt: not null, Finding: not (WorkOrderFinding.Sound or WorkOrderFinding.Other) })
        .GroupBy(order => (order.Line, order.Machine, order.Component))
        .ToDictionary(group => group.Key, group => group.Max(order => order.EndedAt!.Value));

    private async Task ProposeAsync(
        JobRun run, Line line, Machine machine, Signal signal, WearLimit wear, WearSample[] samples, WearForecast forecast, string by, DateTime from, CancellationToken cancellationToken)
    {
        WearLife life = WienerWear.Forecast(forecast.Since(samples), wear.Limit, wear.Rising);
        forecast = forecast.With(life);
        double health = HealthIndex.OfComponent(samples, wear.Limit, wear.Rising);
        DateTime last = from.AddHours(samples[^1].Hours);
        string evidence = Evidence(signal, wear, forecast, by, life, health, last);
        WorkOrderProposal proposal = new()
        {
            Title = $"Replace {wear.Component} of {machine.Name}",
            Line = line.Id,
            Machine = machine.Id,
            Component = wear.Component,
            Priority = Priority(forecast),
            Origin = Origin,
            Reason = evidence,
            PredictedAt = WholeMinute(last.AddHours(forecast.MiddleHours)),
            DueEarliest = WholeMinute(last.AddHours(forecast.EarlyHours * (1 - WindowShare))),
            DueLatest = WholeMinute(last.AddHours(forecast.EarlyHours)),
        };
        await orders.ProposeAsync(proposal, Author, cancellationToken);
        await run.LogAsync($"{signal.Path}: {evidence}", cancellationToken);
    }

    /// <summary>
    /// Somebody has put the component right without closing an order: what is read from then on belongs to a new one, and a proposal
    /// that nobody has decided on yet has lost its reason.
    /// </summary>
    private async Task RenewedAsync(
        JobRun run, Line line, Machine machine, Signal signal, WearLimit wear, WearReset reset, DateTime at, CancellationToken cancellationToken)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{signal.Name} went back from {reset.From:0.###} to {reset.To:0.###} {signal.Unit} at {Local(at)} without an order that says so: the {wear.Component} counts as new from then on");
        await run.LogAsync($"{signal.Path}: {text}", cancellationToken);
        IReadOnlyList<WorkOrder> proposed = await orders.ListAsync(
            new WorkOrderFilter { State = WorkOrderState.Proposed, Line = line.Id, Machine = machine.Id }, cancellationToken);
        foreach (WorkOrder order in proposed.Where(order => order.Origin == Origin && order.Component == wear.Component && order.CreatedAt < at))
        {
            await orders.MoveAsync(order.Id, WorkOrderState.Cancelled, Author, text, start: null, end: null, cancellationToken);
        }
    }

    /// <summary>What the lives of such components say where the signal says nothing; empty where they are too few.</summary>
    private static string ByAge(
        IReadOnlyList<WorkOrder> done, IReadOnlyList<ComponentRun> runs, Line line, Machine machine, WearLimit wear, DateTime? renewed, DateTime now)
    {
        ComponentLives lives = ComponentLives.Of(done, runs, wear.Component, now);
        return lives.OnMachine(line.Id, machine.Id, wear.Component, renewed, now) is not var (life, age)
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"; by its age of {age:0} days the {wear.Component} fails with {life.ConditionalFailureProbability(age, 7):P0} within a week, {life.ConditionalFailureProbability(age, 30):P0} within 30 days (Weibull shape {life.Shape:0.0} from {lives.Lives} lives, {lives.Failures} failures{(lives.LoadExponent == 0 ? "" : $"; the hazard grows with power {lives.LoadExponent.ToString("0.0", CultureInfo.InvariantCulture)} of the output")})");
    }

    /// <summary>Runs to failure of the kind, of signals with this very limit.</summary>
    private static IReadOnlyList<WearSample>[] SimilarRuns(IReadOnlyList<ComponentRun> runs, WearLimit wear)
    {
        string kind = ComponentRun.KindOf(wear.Component);
        return [.. runs.Where(run => run.Failed && run.Limit == wear.Limit && ComponentRun.KindOf(run.Component) == kind && run.Samples.Count > 0).Select(run => run.Samples)];
    }

    private static WorkOrderPriority Priority(WearForecast forecast) => forecast.EarlyHours switch
    {
        <= 24 => WorkOrderPriority.Urgent,
        <= 24 * 7 => WorkOrderPriority.High,
        _ => WorkOrderPriority.Medium,
    };

    private string Evidence(
        Signal signal, WearLimit wear, WearForecast forecast, string by, WearLife life, double health, DateTime last) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {signal.Name} is {forecast.Level:0.###} {signal.Unit}, changes by {forecast.ChangePerDay:+0.###;-0.###} {signal.Unit} a day and reaches its limit of {wear.Limit:0.###} {signal.Unit} on {Local(last.AddHours(forecast.MiddleHours))} (90 % band {Local(last.AddHours(forecast.EarlyHours))} to {Local(last.AddHours(forecast.LateHours))}; {forecast.Model.ToString().ToLowerInvariant()} trend over {forecast.Samples} samples while running{by}). Failure probability {life.ProbabilityWithin(24):P0} within a day, {life.ProbabilityWithin(7 * 24):P0} within a week, {life.ProbabilityWithin(30 * 24):P0} within 30 days; health {health:P0}
        """);

    /// <summary>People read it: the plant's time.</summary>
    private string Local(DateTime utc) =>
        TimeZoneInfo.ConvertTimeFromUtc(utc, plant.Value.TimeZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static DateTime WholeMinute(DateTime time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute));
}
