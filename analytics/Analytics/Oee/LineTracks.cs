using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Analytics.Oee;

/// <summary>The machines of a line with what they told, and how the line counts. Not thread-safe.</summary>
internal sealed class LineTracks
{
    private static readonly long NeverSilent = TimeSpan.FromDays(10_000).Ticks;

    private readonly Dictionary<string, double> _idealSeconds = new(StringComparer.Ordinal);
    private readonly Place[] _places;
    private readonly MachineTrack _productSource;
    private readonly MachineTrack[] _rejecting;
    private readonly MachineTrack _total;
    private readonly MachineTrack _good;

    public LineTracks(Plant plant, Line line)
    {
        Line = line;
        Reasons = new ReasonTree(plant.Reasons);
        double? fastest = plant.Products.Select(product => product.IdealRatePerHour).Concat(line.IdealRates.Values).Cast<double?>().Max();
        long silentAfter = ReportsByException(plant) ? NeverSilent : plant.SilentAfter.Ticks;
        Machines = [.. line.Machines.Select(machine =>
            new MachineTrack(machine, silentAfter, machine.DesignRatePerHour ?? fastest, line.AllowedLateness.Ticks))];
        Critical = IndexOf(line.CriticalMachine);
        int counting = IndexOf(line.CountingMachine);

        MachineTrack critical = Machines[Critical];
        _good = Machines[counting];
        _total = critical is { Total: null, Good: null } ? _good : critical;
        IsCounted = _total is not { Total: null, Good: null } && _good is not { Total: null, Good: null };
        _rejecting = [.. Machines[Math.Min(Critical, counting)..(Math.Max(Critical, counting) + 1)]
            .Where(track => track.Reject is not null || track is { Total: not null, Good: not null })];
        _productSource = Source(SignalRole.Product, critical);
        MachineTrack orders = Source(SignalRole.Order, critical);
        Orders = orders.Machine.Find(SignalRole.Order) is null ? null : new OrderTimes(orders.Orders, line.NoOrderIsLoss);
        OrderSource = orders;

        foreach (Product product in plant.Products)
        {
            _idealSeconds[product.Id] = 3600 / product.IdealRatePerHour;
        }

        foreach ((string product, double rate) in line.IdealRates)
        {
            _idealSeconds[product] = 3600 / rate;
        }

        _places = new Place[line.Signals.Count];
        for (int i = 0; i < Machines.Length; i++)
        {
            foreach (Signal signal in Machines[i].Machine.Signals)
            {
                _places[line.Signals.IndexOf(signal)] = new Place(Machines[i], Machines[i].Machine.Find(signal.Role) == signal);
            }
        }
    }

    public Line Line { get; }

    public ReasonTree Reasons { get; }

    /// <summary>In flow order, as in the plant file.</summary>
    public MachineTrack[] Machines { get; }

    /// <summary>Index of the critical machine.</summary>
    public int Critical { get; }

    public OrderTimes? Orders { get; }

    public MachineTrack OrderSource { get; }

    public bool IsCounted { get; }

    /// <summary>Takes a reading; false = not of this line.</summary>
    public bool Accept(in Reading reading)
    {
        int index = Line.Signals.IndexOf(reading.Signal);
        if (index < 0)
        {
            return false;
        }

        _places[index].Track.Accept(reading, _places[index].IsFirst);
        return true;
    }

    /// <summary>PRI in seconds a unit; null = the plant has no ideal rate for the product.</summary>
    public double? IdealSecondsPerUnit(string product) =>
        _idealSeconds.TryGetValue(product, out double seconds) ? seconds : null;

    /// <summary>Ideal speed at an instant in units a tick; where no ideal rate is known, what the critical machine is built for, or 0.</summary>
    public double UnitsPerTick(long time) =>
        (IdealSecondsPerUnit(ProductAt(time)) is { } each ? 1 / each : (Line.CriticalMachine.DesignRatePerHour ?? 0) / 3600) / TimeSpan.TicksPerSecond;

    /// <summary>Product in force at an instant; empty = unknown.</summary>
    public string ProductAt(long time)
    {
        int index = _productSource.Products.At(time);
        string? reported = index < 0 ? null : _productSource.Products.Value(index);
        return string.IsNullOrEmpty(reported) ? Line.DefaultProduct?.Id ?? "" : reported;
    }

    /// <summary>Order in force at an instant; null = none or unknown.</summary>
    public string? OrderAt(long time)
    {
        int index = OrderSource.Orders.At(time);
        return index < 0 || string.IsNullOrEmpty(OrderSource.Orders.Value(index)) ? null : OrderSource.Orders.Value(index);
    }

    /// <summary>Tiles [from, to) with the products and orders in force.</summary>
    public IEnumerable<(long Start, long End, string Product, string? Order)> RunsBetween(long from, long to)
    {
        SortedSet<long> bounds = [from, to];
        AddBounds(_productSource.Products);
        AddBounds(OrderSource.Orders);
        (long Start, string Product, string? Order) run = (from, ProductAt(from), OrderAt(from));
        foreach (long bound in bounds.Skip(1))
        {
            (string product, string? order) = (ProductAt(bound), OrderAt(bound));
            if (bound == to || product != run.Product || order != run.Order)
            {
                yield return (run.Start, bound, run.Product, run.Order);
                run = (bound, product, order);
            }
        }

        void AddBounds(EventSeries<string?> series)
        {
            for (int i = Math.Max(1, series.At(from)); i < series.Count && series.Time(i) < to; i++)
            {
                if (series.Time(i) > from && series.Value(i) != series.Value(i - 1))
                {
                    bounds.Add(series.Time(i));
                }
            }

            if (series.Count > 0 && series.Time(0) > from && series.Time(0) < to)
            {
                bounds.Add(series.Time(0));
            }
        }
    }

    public long TotalBetween(long from, long to) => (long)(UnitCounts.Total(_total, from, to) ?? 0);

    public long GoodBetween(long from, long to) => (long)(UnitCounts.Good(_good, from, to) ?? 0);

    /// <summary>Rejects from the critical to the counting machine. Where nobody counts them, whatever did not arrive as good.</summary>
    public long RejectBetween(long from, long to)
    {
        if (_rejecting.Length == 0)
        {
            return TotalBetween(from, to) - GoodBetween(from, to);
        }

        double rejected = 0;
        foreach (MachineTrack track in _rejecting)
        {
            rejected += UnitCounts.Reject(track, from, to) ?? 0;
        }

        return (long)rejected;
    }

    /// <summary>
    /// Whether silence means that nothing changed: Sparkplug reports by exception, and deaths tell when a machine is gone. In a plant
    /// with other sources besides, <c>silentAfter</c> of a machine's state says so.
    /// </summary>
    private static bool ReportsByException(Plant plant) => plant.Sources.Count > 0 && plant.Sources.All(source => source.IsSparkplug);

    private int IndexOf(Machine machine) => Array.FindIndex(Machines, track => ReferenceEquals(track.Machine, machine));

    /// <summary>Who reports something for the line: the critical machine, else the first that does.</summary>
    private MachineTrack Source(SignalRole role, MachineTrack critical) =>
        critical.Machine.Find(role) is not null ? critical
        : Array.Find(Machines, track => track.Machine.Find(role) is not null) ?? critical;

    /// <summary>Where the readings of a signal go.</summary>
    private readonly record struct Place(MachineTrack Track, bool IsFirst);
}
