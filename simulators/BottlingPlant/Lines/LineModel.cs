using Linewatch.BottlingPlant.Flow;

namespace Linewatch.BottlingPlant.Lines;

/// <summary>A line as designed: stations in flow order, a conveyor between each two neighbours.</summary>
internal sealed record LineModel
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Area { get; init; }

    /// <summary>Machines of each station, upstream first; machines of one station are coupled (filler and capper).</summary>
    public required IReadOnlyList<IReadOnlyList<MachineModel>> Stations { get; init; }

    /// <summary>Conveyor <c>i</c> runs from station <c>i</c> to station <c>i + 1</c>.</summary>
    public required IReadOnlyList<ConveyorModel> Conveyors { get; init; }

    /// <summary>Speed of the critical machine the line is laid out for, bottles an hour.</summary>
    public required double DesignRate { get; init; }

    /// <summary>What the line makes, in the order the production plan prefers.</summary>
    public required IReadOnlyList<ProductModel> Products { get; init; }

    public string CriticalMachine { get; init; } = "filler";

    public string CountingMachine { get; init; } = "packer";

    /// <summary>Own failures shorter than this are minor stops.</summary>
    public TimeSpan MicroStop { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The line with each machine changed.</summary>
    public LineModel With(Func<MachineModel, MachineModel> change) =>
        this with { Stations = [.. Stations.Select(station => (IReadOnlyList<MachineModel>)[.. station.Select(change)])] };

    public IEnumerable<MachineModel> Machines => Stations.SelectMany(station => station);
}

/// <summary>What a line makes.</summary>
/// <param name="Id">As published.</param>
/// <param name="Name">For people.</param>
/// <param name="IdealRate">Bottles an hour.</param>
/// <param name="Millilitres">Nominal volume.</param>
/// <param name="Family">Liquid; a change of family needs a rinse.</param>
/// <param name="Number">Tells products apart where signals depend on them.</param>
internal sealed record ProductModel(string Id, string Name, double IdealRate, double Millilitres, string Family, int Number = 0);
