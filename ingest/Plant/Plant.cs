using System.Diagnostics.CodeAnalysis;

namespace Linewatch.Plants;

/// <summary>
/// The plant as configured: one checked <c>plant.yaml</c>. Immutable; a changed file makes a new plant.
/// </summary>
public sealed class Plant
{
    private readonly Dictionary<string, Signal> _signals;
    private readonly Dictionary<string, Line> _lines;

    /// <summary>Puts a plant together from parts already checked by the reader.</summary>
    /// <exception cref="ArgumentException">Two signals or lines have the same name.</exception>
    public Plant(
        string name,
        string site,
        TimeZoneInfo timeZone,
        IReadOnlyList<Line> lines,
        IReadOnlyList<Product> products,
        IReadOnlyList<Source> sources,
        IReadOnlyList<Reason> reasons)
    {
        Name = name;
        Site = site;
        TimeZone = timeZone;
        Lines = lines;
        Products = products;
        Sources = sources;
        Reasons = reasons;
        Signals = [.. lines.SelectMany(line => line.Machines).SelectMany(machine => machine.Signals)];
        _signals = Signals.ToDictionary(signal => signal.Path.ToString(), StringComparer.Ordinal);
        _lines = lines.ToDictionary(line => line.Id, StringComparer.Ordinal);
    }

    /// <summary>Display name.</summary>
    public string Name { get; }

    /// <summary>ISA-95 site identifier.</summary>
    public string Site { get; }

    /// <summary>The zone shifts are planned and times are shown in.</summary>
    public TimeZoneInfo TimeZone { get; }

    /// <summary>Lines in file order.</summary>
    public IReadOnlyList<Line> Lines { get; }

    /// <summary>Products in file order.</summary>
    public IReadOnlyList<Product> Products { get; }

    /// <summary>Topic templates and how their payloads are decoded, most specific first as written.</summary>
    public IReadOnlyList<Source> Sources { get; }

    /// <summary>Roots of the downtime reason tree.</summary>
    public IReadOnlyList<Reason> Reasons { get; }

    /// <summary>Longest time a signal may be silent while its machine is connected, where the signal sets none. Default 5 min.</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What happens to readings whose machine's clock is wrong.</summary>
    public ClockPolicy Clock { get; init; } = new();

    /// <summary>Crews, what jobs need and cost, changeovers; with defaults where the file says nothing.</summary>
    public MaintenanceSetup Maintenance { get; init; } = new();

    /// <summary>Every signal of the plant; <c>Signals[i].Index == i</c>.</summary>
    public IReadOnlyList<Signal> Signals { get; }

    /// <summary>Finds a signal by <see cref="SignalPath.ToString"/>.</summary>
    public bool TryGetSignal(string path, [NotNullWhen(true)] out Signal? signal) => _signals.TryGetValue(path, out signal);

    /// <summary>Finds a line by id.</summary>
    public bool TryGetLine(string id, [NotNullWhen(true)] out Line? line) => _lines.TryGetValue(id, out line);
}

/// <summary>A node of the downtime reason tree.</summary>
/// <param name="Id">Identifier, unique within the tree.</param>
/// <param name="Name">Display name.</param>
/// <param name="FaultCodes">Fault codes that select this reason by themselves, as the machines report them.</param>
/// <param name="Children">Finer reasons.</param>
public sealed record Reason(string Id, string Name, IReadOnlyList<int> FaultCodes, IReadOnlyList<Reason> Children);
