using Linewatch.Analytics.Oee;
using Linewatch.Plants;
using Linewatch.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>The plant as configured and its lines as they run.</summary>
internal static class PlantEndpoints
{
    public static void MapPlant(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("").WithTags("Plant");
        group.MapGet("plant", Plant).WithName("GetPlant").WithSummary("The plant as configured: lines, machines, signals, products");
        group.MapGet("lines", Lines).WithName("ListLines").WithSummary("Every line as it runs now");
        group.MapGet("lines/{line}", OneLine).WithName("GetLine").WithSummary("One line as it runs now").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("lines/{line}/timeline", Timeline).WithName("GetLineTimeline").WithSummary("States of the line since its shift began").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("oee", Oee).WithName("ListOee").WithSummary("OEE of the running shift of every line, with what it is computed from");
    }

    private static Ok<PlantAnswer> Plant(CurrentPlant current)
    {
        Plant plant = current.Value;
        return TypedResults.Ok(new PlantAnswer(
            plant.Name,
            plant.Site,
            plant.TimeZone.Id,
            [.. plant.Products.Select(product => new ProductAnswer(product.Id, product.Name, product.IdealRatePerHour))],
            [.. plant.Lines.Select(LineAnswer.Of)]));
    }

    private static Ok<IReadOnlyList<LineNow>> Lines(LivePlant live) => TypedResults.Ok(live.All());

    private static Results<Ok<LineNow>, ProblemHttpResult> OneLine(string line, LivePlant live, CurrentPlant plant) =>
        live.Find(line) is { } now ? TypedResults.Ok(now) : NoLine(line, plant);

    private static Results<Ok<IReadOnlyList<TimelineInterval>>, ProblemHttpResult> Timeline(string line, LivePlant live, CurrentPlant plant) =>
        live.Find(line) is { } now ? TypedResults.Ok(now.Timeline) : NoLine(line, plant);

    private static Ok<IReadOnlyList<LineOee>> Oee(LivePlant live) => TypedResults.Ok<IReadOnlyList<LineOee>>(
        [.. live.All().Select(line => new LineOee(line.Line, line.DataTime, line.Shift, line.Oee, line.Output, line.Losses))]);

    private static ProblemHttpResult NoLine(string line, CurrentPlant plant) =>
        Problem.NotFound($"there is no line \"{line}\"; known: {string.Join(", ", plant.Value.Lines.Select(known => known.Id))}");
}

/// <summary>The plant as configured; the zone is an IANA name.</summary>
internal sealed record PlantAnswer(string Name, string Site, string TimeZone, IReadOnlyList<ProductAnswer> Products, IReadOnlyList<LineAnswer> Lines);

/// <summary>A product; the ideal rate is in units per hour.</summary>
internal sealed record ProductAnswer(string Id, string Name, double IdealRatePerHour);

/// <summary>A line as configured, machines in flow order.</summary>
internal sealed record LineAnswer(string Id, string Name, string Area, string CriticalMachine, string CountingMachine, IReadOnlyList<MachineAnswer> Machines)
{
    public static LineAnswer Of(Line line) => new(
        line.Id,
        line.Name,
        line.Area,
        line.CriticalMachine.Id,
        line.CountingMachine.Id,
        [.. line.Machines.Select(machine => new MachineAnswer(machine.Id, machine.Name, machine.Kind, [.. machine.Signals.Select(SignalAnswer.Of)]))]);
}

/// <summary>A machine as configured.</summary>
internal sealed record MachineAnswer(string Id, string Name, string Kind, IReadOnlyList<SignalAnswer> Signals);

/// <summary>A signal as configured; the path names it in every other request, the unit is UCUM.</summary>
internal sealed record SignalAnswer(string Path, string Name, SignalRole Role, string Unit, bool IsText, double? Minimum, double? Maximum, WearLimit? Wear)
{
    public static SignalAnswer Of(Signal signal) =>
        new(signal.Path.ToString(), signal.Name, signal.Role, signal.Unit, signal.IsText, signal.Minimum, signal.Maximum, signal.Wear);
}

/// <summary>OEE of one line's running shift.</summary>
internal sealed record LineOee(string Line, DateTime? DataTime, ShiftNow? Shift, OeeNow Oee, OutputNow Output, IReadOnlyList<LossNow> Losses);
