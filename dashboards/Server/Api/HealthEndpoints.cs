using Linewatch.Jobs.Forecasting;
using Linewatch.Plants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>The health of machines and components.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this RouteGroupBuilder api) => api.MapGroup("health").WithTags("Maintenance")
        .MapGet("", ListAsync).WithName("ListHealth").WithSummary("The health of every machine and component with a wear signal, the worst first")
        .WithDescription("line: only of this line. 1 = as good as it has been, 0 = at its limit; scored hourly by the job forecast-wear.")
        .ProducesProblem(404).ProducesProblem(503);

    private static async Task<Results<Ok<IReadOnlyList<MachineHealth>>, ProblemHttpResult>> ListAsync(
        HealthBook health, CurrentPlant plant, CancellationToken cancellationToken, string? line = null) =>
        ShiftEndpoints.Unknown(line, plant) is { } missing
            ? missing
            : TypedResults.Ok(await health.ListAsync(line, cancellationToken));
}
