using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Training;

/// <summary>
/// Trains the detectors of each machine that is due from the readings stored, sees how they do on the newest of them beside the
/// model in use, and promotes them or keeps the old one. A machine is due that has no model, whose training is old, on which
/// maintenance was done since, whose scores have drifted, or of which somebody wants it.
/// </summary>
internal sealed class TrainDetectors(
    CurrentPlant plant,
    IReadingStore store,
    ModelBook models,
    AlertBook alerts,
    VerdictBook verdicts,
    WorkOrderBook orders,
    MonitorSettings settings,
    IOptions<TrainDetectorsOptions> options,
    TimeProvider clock) : IScheduledJob
{
    /// <summary>Less than this since the last training is too little to compare two models on: the one in use is taken by what it did then.</summary>
    private static readonly TimeSpan LeastNew = TimeSpan.FromHours(6);

    private static readonly TimeSpan OldestAlert = TimeSpan.FromDays(60);
    private static readonly JsonSerializerOptions Format = new() { Converters = { new JsonStringEnumConverter() } };

    /// <inheritdoc/>
    public string Name => ModelBook.Job;

    /// <inheritdoc/>
    public string Description => "Trains the detectors of machines that are due, promotes them where they do no worse";

    /// <inheritdoc/>
    public string DefaultCron => options.Value.Cron;

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        (Line Line, Machine Machine)[] machines = [.. plant.Value.Lines.SelectMany(line => line.Machines.Select(machine => (line, machine)))];
        IReadOnlySet<(string, string)> wishes = await models.WishesAsync(cancellationToken);
        IReadOnlyList<ModelUse> inUse = await models.InUseAsync(cancellationToken);
        int trained = 0;
        int promoted = 0;
        for (int i = 0; i < machines.Length; i++)
        {
            (Line line, Machine machine) = machines[i];
            IReadOnlyList<DateTime> work = await WorkAsync(line, machine, cancellationToken);
            if (await CauseAsync(line, machine, wishes, work, now, cancellationToken) is not { } cause)
            {
                continue;
            }

            await run.ReportAsync(100 * i / machines.Length, $"{line.Id}/{machine.Id}", cancellationToken);
            ModelUse? used = inUse.FirstOrDefault(use => use.Line == line.Id && use.Machine == machine.Id);
            if (await TrainAsync(run, line, machine, cause, work, used, now, cancellationToken) is { } isPromoted)
            {
                trained++;
                promoted += isPromoted ? 1 : 0;
            }

            await models.ForgetWishAsync(line.Id, machine.Id, cancellationToken);
        }

        await run.ReportAsync(100, $"{trained} machines trained, {promoted} models promoted", cancellationToken);
    }

    /// <summary>Why a machine is due; null when it is not.</summary>
    private async Task<string?> CauseAsync(
        Line line, Machine machine, IReadOnlySet<(string, string)> wishes, IReadOnlyList<DateTime> work, DateTime now, CancellationToken cancellationToken)
    {
        if (wishes.Contains((line.Id, machine.Id)))
        {
            return "person";
        }

        if ((await models.ListAsync(line.Id, machine.Id, cancellationToken)) is not [var last, ..])
        {
            return "first";
        }

        if (work.Any(ended => ended + options.Value.AfterWork <= now && ended + options.Value.AfterWork > last.DataTo))
        {
            return "work";
        }

        if (now - last.TrainedAt >= options.Value.Every)
        {
            return "schedule";
        }

        // Not before there are new readings to hold back.
        return now - last.TrainedAt >= options.Value.HeldBack
            && (await alerts.ListAsync(
                new AlertFilter { OpenOnly = true, Rule = DetectorRules.Drift, Line = line.Id, Machine = machine.Id, Limit = 100 }, cancellationToken)).Any(alert => alert.IsActive)
            ? "drift"
            : null;
    }

    /// <summary>Whether the trained model was promoted; null when there was too little to train from, or nothing to learn from it.</summary>
    private async Task<bool?> TrainAsync(
        JobRun run, Line line, Machine machine, string cause, IReadOnlyList<DateTime> work, ModelUse? used, DateTime now, CancellationToken cancellationToken)
    {
        MachineHistory history = new(store, machine);
        string name = $"{line.Id}/{machine.Id}";
        DateTime? first = await history.FirstAsync(now - options.Value.History, now, cancellationToken);
        if (first is not { } from || now - from < options.Value.ShortestHistory)
        {
            if (cause != "first")
            {
                await run.LogAsync($"{name}: not trained: {(first is null ? "no readings" : $"readings since {first:u} only")}, {options.Value.ShortestHistory.TotalDays:0.#} days are needed", cancellationToken);
            }

            return null;
        }

        IReadOnlyList<JudgedSpan> judged = await JudgedAsync(line, machine, from, now, cancellationToken);
        MachineLearner pupil = new(machine, settings, judged, work);
        if (pupil.Signals == 0)
        {
            return null;
        }

        DetectorModel? usedModel = used is null ? null
            : (await models.ListAsync(line.Id, machine.Id, cancellationToken)).FirstOrDefault(model => model.Version == used.Version);
        bool isAnyNew = usedModel is not null && now - usedModel.DataTo >= LeastNew;
        MachineLearner? rival = isAnyNew ? await RivalAsync(machine, usedModel!, judged, work, cancellationToken) : null;
        TimeSpan third = (now - from) / 3;
        DateTime heldBackFrom = now - (options.Value.HeldBack < third ? options.Value.HeldBack : third);
        heldBackFrom = rival is not null && usedModel!.DataTo > heldBackFrom ? usedModel.DataTo : heldBackFrom;
        try
        {
            await TeachAsync(history, from, heldBackFrom, now, pupil, rival, cancellationToken);
        }
        catch (InvalidDataException unfit)
        {
            await run.LogAsync($"{name}: not trained, what watches it stays: {unfit.Message}", cancellationToken);
            return null;
        }

        TrainingMetrics metrics = pupil.Metrics();
        TrainingMetrics? rivalMetrics = rival?.Metrics() ?? usedModel?.Metrics;
        PromotionDecision decision = new PromotionRule(options.Value.MostFalseAlarms, options.Value.MostDrift).Decide(metrics, rivalMetrics);
        DetectorModel added = await models.AddAsync(
            new DetectorModel
            {
                Line = line.Id,
                Machine = machine.Id,
                Version = 0,
                TrainedAt = now,
                DataFrom = from,
                DataTo = now,
                Cause = cause,
                Parameters = JsonSerializer.Serialize(new { settings.Signals, settings.Duties, machine.RowDetector, Training = options.Value }, Format),
                Metrics = metrics,
                MetricsInUse = rivalMetrics,
                Decision = decision.Reason,
            },
            pupil.Save(),
            decision.IsPromoted,
            options.Value.Kept,
            ModelBook.Job,
            cancellationToken);
        await run.LogAsync(
            string.Create(CultureInfo.InvariantCulture, $"{name}: version {added.Version} from {metrics.TrainingReadings} readings ({cause}) {(decision.IsPromoted ? "promoted" : "kept aside")}: {decision.Reason}"),
            cancellationToken);
        return decision.IsPromoted;
    }

    /// <summary>The model in use as it stands after what it saw since its training; null where it cannot be read any more.</summary>
    private async Task<MachineLearner?> RivalAsync(
        Machine machine, DetectorModel model, IReadOnlyList<JudgedSpan> judged, IReadOnlyList<DateTime> work, CancellationToken cancellationToken)
    {
        if (await models.StateAsync(model.Line, model.Machine, model.Version, cancellationToken) is not { } state)
        {
            return null;
        }

        try
        {
            return new MachineLearner(machine, settings, judged, work, MachineModel.Read(state, settings), model.DataTo);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Both take the same readings and are counted on the same, which neither was trained on.</summary>
    private static async Task TeachAsync(
        MachineHistory history, DateTime from, DateTime heldBackFrom, DateTime to, MachineLearner pupil, MachineLearner? rival, CancellationToken cancellationToken)
    {
        bool isHeldBack = false;
        await foreach (ReadOnlyMemory<Reading> stretch in history.ReadAsync(from, to, cancellationToken))
        {
            foreach (Reading reading in stretch.Span)
            {
                if (!isHeldBack && reading.EventTime >= heldBackFrom)
                {
                    pupil.HoldBack(heldBackFrom, endTraining: true);
                    rival?.HoldBack(heldBackFrom, endTraining: false);
                    isHeldBack = true;
                }

                pupil.Observe(reading);
                rival?.Observe(reading);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<IReadOnlyList<DateTime>> WorkAsync(Line line, Machine machine, CancellationToken cancellationToken) =>
    [
        .. (await orders.ListAsync(new WorkOrderFilter { State = WorkOrderState.Done, Line = line.Id, Machine = machine.Id, Limit = 10_000 }, cancellationToken))
            .Select(order => order.EndedAt).OfType<DateTime>(),
    ];

    private async Task<IReadOnlyList<JudgedSpan>> JudgedAsync(Line line, Machine machine, DateTime from, DateTime now, CancellationToken cancellationToken)
    {
        Dictionary<string, Judgement> judged = (await verdicts.ListAsync(from - OldestAlert, cancellationToken)).ToDictionary(verdict => verdict.AlertId, verdict => verdict.Verdict);
        IReadOnlyList<Alert> raised = await alerts.ListAsync(
            new AlertFilter { Rule = DetectorRules.Anomaly, Line = line.Id, Machine = machine.Id, From = from - OldestAlert, Limit = 10_000 }, cancellationToken);
        return
        [
            .. raised
                .Select(alert => new JudgedSpan(
                    alert.Signal, alert.RaisedAt, alert.ClearedAt ?? now, judged.TryGetValue(alert.Id, out Judgement verdict) ? verdict : null))
                .Where(span => span.To >= from),
        ];
    }
}
