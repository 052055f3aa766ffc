using Linewatch.Plants;

namespace Linewatch.Telemetry.Sparkplug;

/// <summary>A metric as a birth certificate declared it.</summary>
/// <param name="Device">The device; empty for metrics of the node itself.</param>
/// <param name="Name">Name within the node or device.</param>
/// <param name="Alias">The number that data messages use instead of the name; null = they use the name.</param>
/// <param name="Type">Data type.</param>
internal sealed record BornMetric(string Device, string Name, ulong? Alias, SparkplugType Type)
{
    private Plant? _plant;
    private Signal? _signal;

    /// <summary>The signal it is under a plant, looked up once.</summary>
    public Signal? Signal(Plant plant, Func<BornMetric, Signal?> find)
    {
        if (!ReferenceEquals(_plant, plant))
        {
            _signal = find(this);
            _plant = plant;
        }

        return _signal;
    }
}

/// <summary>What one birth (NBIRTH with the DBIRTHs that followed it) declared.</summary>
internal sealed class SparkplugBirth
{
    /// <summary>Journal position of the NBIRTH: data before it belong to the birth before.</summary>
    public long Position { get; init; }

    public ulong? BdSeq { get; init; }

    public Dictionary<ulong, BornMetric> ByAlias { get; } = [];

    public Dictionary<(string Device, string Name), BornMetric> ByName { get; } = [];

    public void Add(BornMetric metric)
    {
        ByName[(metric.Device, metric.Name)] = metric;
        if (metric.Alias is { } alias)
        {
            ByAlias[alias] = metric;
        }
    }

    /// <summary>Forgets the metrics of a device that is born again.</summary>
    public void Forget(string device)
    {
        foreach (BornMetric metric in ByName.Values.Where(metric => metric.Device == device).ToArray())
        {
            ByName.Remove((metric.Device, metric.Name));
            if (metric.Alias is { } alias && ReferenceEquals(ByAlias.GetValueOrDefault(alias), metric))
            {
                ByAlias.Remove(alias);
            }
        }
    }
}

/// <summary>What is known of one edge node. Not thread-safe.</summary>
internal sealed class SparkplugNode(string group, string name)
{
    public string Group { get; } = group;

    public string Name { get; } = name;

    public SparkplugBirth? Birth { get; private set; }

    /// <summary>The birth before: a crash can make us read data again that came before the birth we know.</summary>
    public SparkplugBirth? Previous { get; private set; }

    public bool IsOnline { get; set; }

    public SequenceCheck Sequence { get; } = new();

    /// <summary>Whether what a restart needs has changed since it was last kept.</summary>
    public bool IsDirty { get; set; }

    /// <summary>The birth that holds for a message.</summary>
    public SparkplugBirth? BirthFor(long position) => Birth is { } birth && position < birth.Position ? Previous : Birth;

    public void BeBorn(SparkplugBirth birth)
    {
        if (Birth?.Position != birth.Position)
        {
            Previous = Birth;
        }

        Birth = birth;
        IsOnline = true;
        IsDirty = true;
    }

    public void Restore(SparkplugBirth? birth, SparkplugBirth? previous)
    {
        Birth = birth;
        Previous = previous;
    }
}
