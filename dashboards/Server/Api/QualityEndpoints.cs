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
            .WithDescription("signal: site/area/line/machine/signal. kind: XBarR (default), XBarS, Individuals, Ewma. subgroup: 2 to 10, for XBarS 2 to 25, default 5. lower, upper: specification limits for capability. from, to: default the last hour, at most 31 days.");
        group.MapGet("components", ComponentsAsync).WithName("CompareComponents")
            .WithSummary("Valves, heads and other like components of a line compared with one another, the odd ones named; fill law and give-away")
            .WithDescription("line: id. pricePerLitre: to price the give-away; default the product's own. from, to: default the last hour, at most 31 days.");
        group.MapGet("defects", DefectsAsync).WithName("GetDefectChart")
            .WithSummary("p chart of a machine's rejects or u chart of its failures: limits by how much was made, mean frozen from the first 25 points")
            .WithDescription("line: id. machine: id, default the critical one. subject: Rejects (p, default) or Failures (u, in each hour it ran). minutes: length of a point, 1 to 1440, default 15. from, to: default the last hour, at most 7 days.");
        group.MapGet("pasteurisation", PasteurisersAsync).WithName("GetPasteurisation")
            .WithSummary("Pasteurisation units of the bottles that left, by when they left")
            .WithDescription("line: id. Machines with pasteuriserResidence at temperatures of theirs. from, to: default the last hour, at most 7 days.");
        group.MapPost("fill-sample", JudgeSample).WithName("JudgeFillSample")
            .WithSummary("Reference test of the EU fill law on a sample that was measured")
            .WithDescription("nominal: ml or g. units: what was measured. batch: units of the batch for the non-destructive plan (the second sample behind the first); without it the destructive plan of 20.")
            .WithChangeProblems();
    }

    private static int LargestSubgroup(string kind) => kind.Equals(nameof(ChartKind.XBarS), StringComparison.OrdinalIgnoreCase) ? 25 : ControlConstants.LargestSubgroup;

    private static async Task<Results<Ok<DefectAnswer>, ProblemHttpResult>> DefectsAsync(
        QualityView quality, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken,
        string? line = null, string? machine = null, string subject = "Rejects", int minutes = 15, string? from = null, string? to = null)
    {
        if (Find(line, plant, out Line known) is { } missing)
        {
            return missing;
        }

        if ((machine is null ? known.CriticalMachine : known.Machines.FirstOrDefault(each => each.Id == machine)) is not { } its)
        {
            return Problem.NotFound($"line {line} has no machine \"{machine}\"");
        }

        string? fault = !Enum.TryParse(subject, ignoreCase: true, out DefectSubject about) || int.TryParse(subject, out _) ? $"subject is \"{subject}\"; allowed: {string.Join(", ", Enum.GetNames<DefectSubject>())}"
            : minutes is < 1 or > 1440 ? $"minutes is {minutes}; allowed: 1 to 1440"
            : null;
        string? wrongRange = ReadWeek(from, to, clock, out TimeRange range);
        return (fault ?? wrongRange) is { } wrong
            ? Problem.Invalid(wrong)
            : TypedResults.Ok(await quality.DefectsAsync(known, its, about, TimeSpan.FromMinutes(minutes), range.From, range.To, cancellationToken));
    }

    private static async Task<Results<Ok<IReadOnlyList<PasteuriserAnswer>>, ProblemHttpResult>> PasteurisersAsync(
        QualityView quality, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken, string? line = null, string? from = null, string? to = null)
    {
        if (Find(line, plant, out Line known) is { } missing)
        {
            return missing;
        }

        if (ReadWeek(from, to, clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        return TypedResults.Ok(await quality.PasteurisersAsync(known, range.From, range.To, cancellationToken));
    }

    private static Results<Ok<FillSample>, ProblemHttpResult> JudgeSample(FillSampleBody sample)
    {
        try
        {
            return sample.Units is { Count: > 0 and <= 1000 } units && units.All(double.IsFinite)
                ? TypedResults.Ok(FillSample.Judge(sample.Nominal, units, sample.Batch))
                : Problem.Invalid("units is missing, not finite, or more than 1000");
        }
        catch (ArgumentException wrong)
        {
            return Problem.Invalid(wrong.Message);
        }
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
            : subgroup < 2 || subgroup > LargestSubgroup(kind) ? $"subgroup is {subgroup}; allowed: 2 to {LargestSubgroup(kind)}"
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
        if (Find(line, plant, out Line known) is { } missing)
        {
            return missing;
        }

        if (ReadRange(from, to, clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        return TypedResults.Ok(await quality.FamiliesAsync(known, range.From, range.To, pricePerLitre, cancellationToken));
    }

    private static ProblemHttpResult? Find(string? line, CurrentPlant plant, out Line known)
    {
        known = null!;
        return line is null ? Problem.Invalid("line is missing")
            : plant.Value.TryGetLine(line, out known!) ? null
            : ShiftEndpoints.Unknown(line, plant);
    }

    private static string? ReadWeek(string? from, string? to, TimeProvider clock, out TimeRange range) =>
        TimeRange.Read(from, to, clock, out range)
        ?? (range.To - range.From > TimeSpan.FromDays(7) ? $"{range.From:u} to {range.To:u} is longer than 7 days" : null);

    private static string? ReadRange(string? from, string? to, TimeProvider clock, out TimeRange range) =>
        TimeRange.Read(from, to, clock, out range)
        ?? (range.To - range.From > TimeSpan.FromDays(MostDays) ? $"{range.From:u} to {range.To:u} is longer than {MostDays} days" : null);
}

/// <summary>A sample of fills that somebody measured.</summary>
/// <param name="Nominal">Nominal quantity, ml or g.</param>
/// <param name="Units">What was measured, in the same unit.</param>
/// <param name="Batch">Units of the batch for the non-destructive plan; null = the destructive plan of 20.</param>
internal sealed record FillSampleBody(double Nominal, IReadOnlyList<double>? Units, int? Batch = null);
