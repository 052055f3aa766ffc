namespace Linewatch.Plants;

/// <summary>A production line (ISA-95 work centre): machines in flow order with conveyors between. Immutable.</summary>
public sealed class Line
{
    /// <summary>Identifier, unique within the plant.</summary>
    public required string Id { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>ISA-95 area.</summary>
    public required string Area { get; init; }

    /// <summary>Machines in flow order, upstream first.</summary>
    public required IReadOnlyList<Machine> Machines { get; init; }

    /// <summary>The signals of its machines, numbered.</summary>
    public LineSignals Signals => field ??= new LineSignals(Machines);

    /// <summary>The machine whose time axis is the line's; usually the filler.</summary>
    public required Machine CriticalMachine { get; init; }

    /// <summary>The machine whose good counter is the line's good count: the last with counters, after the last inspection.</summary>
    public required Machine CountingMachine { get; init; }

    /// <summary>Conveyors between neighbouring machines.</summary>
    public IReadOnlyList<Conveyor> Conveyors { get; init; } = [];

    /// <summary>Own failures shorter than this are minor stops (a performance loss). Default 5 min.</summary>
    public TimeSpan MicroStop { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a window stays open for late readings before it closes; later ones restate. Default 2 min.</summary>
    public TimeSpan AllowedLateness { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Ideal rate by product id, units per hour, where it differs from the product's own.</summary>
    public IReadOnlyDictionary<string, double> IdealRates { get; init; } = new Dictionary<string, double>();

    /// <summary>The product assumed while the line reports none; null = performance is undefined then.</summary>
    public Product? DefaultProduct { get; init; }

    /// <summary>Planned shifts of this line.</summary>
    public required ShiftPlan Shifts { get; init; }

    /// <summary>Planned time without an order: true = a loss within planned busy time (ISO 22400 ADOT), false = not scheduled.</summary>
    public bool NoOrderIsLoss { get; init; } = true;

    /// <summary>What a lost good unit costs, in the plant's currency; null = money is not shown.</summary>
    public decimal? UnitMargin { get; init; }
}

/// <summary>A conveyor with its accumulation between two neighbouring machines.</summary>
/// <param name="From">Upstream machine id.</param>
/// <param name="To">Downstream machine id.</param>
/// <param name="Capacity">Accumulation at the critical machine's ideal speed: how long a stop it can hide.</param>
/// <param name="Transport">Time a unit needs from one machine to the other when nothing is in its way.</param>
public sealed record Conveyor(string From, string To, TimeSpan Capacity, TimeSpan Transport);

/// <summary>What a line makes.</summary>
/// <param name="Id">Identifier as the machines report it.</param>
/// <param name="Name">Display name.</param>
/// <param name="IdealRatePerHour">Units per hour at ideal speed; PRI = 3600 / this, in seconds a unit.</param>
/// <param name="NominalVolumeMillilitre">Nominal fill for fill checks; null where nothing is filled.</param>
/// <param name="PricePerLitre">What a litre given away costs, in the plant's currency; null = money is not shown.</param>
public sealed record Product(string Id, string Name, double IdealRatePerHour, double? NominalVolumeMillilitre = null, decimal? PricePerLitre = null);
