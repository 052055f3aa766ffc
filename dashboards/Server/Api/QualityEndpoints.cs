using Linewatch.Analytics.Spc;
using Linewatch.Plants;
using Linewatch.Server.Quality;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Statistical process control.</summary>
internal static class QualityEndpoints
{
    private const int MostDays = 31;

    public static void MapQuality(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("quality").WithTags("Quality").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        group.MapGet("chart", ChartAsync).WithName("GetControlChart")
            .WithSummary("Control chart of a signal while its machine ran: limits frozen from the first 25 points, rules that fired, capability or why none is given")
            .WithDescription("signal: site/area/line/machine/signal. kind: XBarR (default), XBarS, Individuals, Ewma. subgroup: 2 to 10, default 5. lower, upper: specification limits for capability. from, to: default the last hour, at most 31 days.");
        group.MapGet("components", ComponentsAsync).WithName("CompareComponents")
            .WithSummary("Valves, heads and other like components of a line compared with one another, the odd ones named; fill law and give-away")
            .WithDescription("line: id. pricePerLitre: to price the give-away. from, to: default the last hour, at most 31 days.");
    }

    private static async Task<Results<Ok<ChartAnswer>, ProblemHttpResult>> ChartAsync(
        QualityView quality, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken,
        string? signal = null, string? from = null, string? to = null, string kind = "XBarR", int subgroup = 5, double? lower = null, double? upper = null)
    {
        if (string.IsNullOrEmpty(signal))
        {
            return Problem.Invalid("signal is missing; expected site/area/line/machine/signal, as /api/v1/plant lists them");
        }

        if (!plant.Value.TryGetSignal(signal, out Signal? known))
        {
            return Problem.NotFound($"there is no signal \"{signal}\"; /api/v1/plant lists every path");
        }

        string? fault = known.IsText ? $"{known.Path} is a text signal; only numbers can be charted"
            : !Enum.TryParse(kind, ignoreCase: true, out ChartKind _) || int.TryParse(kind, out _) ? $"kind is \"{kind}\"; allowed: {string.Join(", ", Enum.GetNames<ChartKind>())}"
            : subgroup is < 2 or > 10 ? $"subgroup is {subgroup}; allowed: 2 to 10"
            : lower >= upper ? $"lower {lower} is not below upper {upper}"
            : null;
        string? wrongRange = ReadRange(from, to, clock, out TimeRange range);
        if ((fault ?? wrongRange) is { } wrong)
        {
            return Problem.Invalid(wrong);
        }

        return TypedResults.Ok(await quality.ChartAsync(
            known, range.From, range.To, Enum.Parse<ChartKind>(kind, ignoreCase: true), subgroup, lower, upper, cancellationToken));
    }

    private static async Task<Results<Ok<IReadOnlyList<FamilyAnswer>>, ProblemHttpResult>> ComponentsAsync(
        QualityView quality, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken,
        string? line = null, string? from = null, string? to = null, decimal? pricePerLitre = null)
    {
        if (line is null)
        {
            return Problem.Invalid("line is missing");
        }

        if (ShiftEndpoints.Unknown(line, plant) is { } missing)
        {
            return missing;
        }

        if (ReadRange(from, to, clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        plant.Value.TryGetLine(line, out Line? known);
        return TypedResults.Ok(await quality.FamiliesAsync(known!, range.From, range.To, pricePerLitre, cancellationToken));
    }

    private static string? ReadRange(string? from, string? to, TimeProvider clock, out TimeRange range) =>
        TimeRange.Read(from, to, clock, out range)
        ?? (range.To - range.From > TimeSpan.FromDays(MostDays) ? $"{range.From:u} to {range.To:u} is longer than {MostDays} days" : null);
}
