using Linewatch.Plants;
using Linewatch.Server.Overview;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>The view over lines and weeks.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this RouteGroupBuilder api) => api.MapGroup("operations").WithTags("Operations")
        .MapGet("", ReadAsync).WithName("GetOperations")
        .WithSummary("A week or month by line and site: OEE trend, losses in hours, units and money, capacity left, changeovers, energy, water and air per thousand good units")
        .WithDescription("period: week (default, from Monday) or month. day: a day within it, yyyy-MM-dd; default today at the plant. line: of one line only.")
        .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);

    private static async Task<Results<Ok<OperationsAnswer>, ProblemHttpResult>> ReadAsync(
        OperationsView view, CurrentPlant plant, CancellationToken cancellationToken, string period = "week", string? day = null, string? line = null)
    {
        if (!OperationsPeriod.Kinds.Contains(period))
        {
            return Problem.Invalid($"period is \"{period}\"; allowed: {string.Join(", ", OperationsPeriod.Kinds)}");
        }

        DateOnly within = view.Today;
        if (day is not null && !DateOnly.TryParseExact(day, "yyyy-MM-dd", out within))
        {
            return Problem.Invalid($"day is \"{day}\"; expected yyyy-MM-dd, for instance 2026-11-22");
        }

        return ShiftEndpoints.Unknown(line, plant) is { } missing
            ? missing
            : TypedResults.Ok(await view.ReadAsync(OperationsPeriod.Of(period, within), line, cancellationToken));
    }
}
