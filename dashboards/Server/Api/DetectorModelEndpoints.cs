using Linewatch.Jobs.Schedule;
using Linewatch.Jobs.Training;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>The life of trained detectors: versions with their figures, training, promotion, rolling back, drift.</summary>
internal static class DetectorModelEndpoints
{
    public static void MapDetectorModels(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("detectors").WithTags("Detectors");
        group.MapGet("models", ListAsync).WithName("ListDetectorModels")
            .WithSummary("Trained models by machine, newest first: data range, parameters, figures on data held back, which is in use")
            .WithDescription("line, machine: only theirs.");
        group.MapGet("drift", Drift).WithName("ListDetectorDrift")
            .WithSummary("How far the scores of each signal, and of the signals of a machine together, are from their training: population stability index, distance of p-values from uniform")
            .WithDescription("signal is null for the signals of a machine together.");
        group.MapPost("models/{line}/{machine}/train", TrainAsync).WithName("TrainDetectors").WithSummary("Train a machine's detectors now").WithChangeProblems();
        group.MapPost("models/{line}/{machine}/{version:long}/use", UseAsync).WithName("UseDetectorModel").WithSummary("Put a kept model into use").WithChangeProblems();
        group.MapPost("models/{line}/{machine}/roll-back", RollBackAsync).WithName("RollBackDetectorModel").WithSummary("Put the model into use that was in use before the present one ever was; again: one further back; 409 where nothing is").WithChangeProblems();
    }

    private static async Task<Ok<IReadOnlyList<ModelAnswer>>> ListAsync(ModelBook models, CancellationToken cancellationToken, string? line = null, string? machine = null)
    {
        Dictionary<(string, string, long), ModelUse> uses = (await models.InUseAsync(cancellationToken)).ToDictionary(use => (use.Line, use.Machine, use.Version));
        return TypedResults.Ok<IReadOnlyList<ModelAnswer>>(
        [
            .. (await models.ListAsync(line, machine, cancellationToken))
                .Select(model => new ModelAnswer(model, uses.GetValueOrDefault((model.Line, model.Machine, model.Version)))),
        ]);
    }

    private static Ok<IReadOnlyList<DetectorDrift>> Drift(DriftWatch watch) => TypedResults.Ok(watch.Drifts());

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> TrainAsync(
        string line, string machine, Remark remark, CurrentPlant plant, ModelBook models, JobSchedule schedule, CancellationToken cancellationToken)
    {
        if (!plant.Value.Lines.Any(each => each.Id == line && each.Machines.Any(one => one.Id == machine)))
        {
            return Problem.NotFound($"there is no machine {line}/{machine}");
        }

        await models.WishAsync(line, machine, remark.Author, cancellationToken);
        return Problem.Of(await schedule.TriggerAsync(ModelBook.Job, cancellationToken));
    }

    private static async Task<Results<Ok<ModelUse>, ProblemHttpResult>> UseAsync(
        string line, string machine, long version, Remark remark, ModelBook models, CancellationToken cancellationToken) =>
        Problem.Of(await models.UseAsync(line, machine, version, remark.Author, remark.Text, cancellationToken));

    private static async Task<Results<Ok<ModelUse>, ProblemHttpResult>> RollBackAsync(
        string line, string machine, Remark remark, ModelBook models, CancellationToken cancellationToken) =>
        Problem.Of(await models.RollBackAsync(line, machine, remark.Author, remark.Text, cancellationToken));
}

/// <summary>A trained model, and since when it is in use.</summary>
/// <param name="Model">The model.</param>
/// <param name="Use">Who put it into use, when and why; null = it is not in use.</param>
internal sealed record ModelAnswer(DetectorModel Model, ModelUse? Use);
