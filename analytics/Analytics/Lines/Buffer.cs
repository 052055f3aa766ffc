using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Analytics.Lines;

/// <summary>
/// The conveyor between two neighbours: how full it is by what both counted, and which stops emptied it (before the
/// critical machine) or filled it (behind it) since it was last at rest. Not thread-safe.
/// </summary>
internal sealed class Buffer
{
    /// <summary>A buffer before the critical machine rests full, one behind it empty, up to this share of its accumulation.</summary>
    private const double RestsFull = 0.90;
    private const double RestsEmpty = 0.20;

    private readonly MachineTrack _from;
    private readonly MachineTrack _to;
    private readonly double _unitsPerTick;
    private readonly double _accumulation;
    private readonly double _underWay;
    private readonly Dictionary<Root, double> _ledger = [];
    private double _level;
    private double? _enteredUntil;
    private double? _leftUntil;
    private long _now;

    /// <param name="from">Upstream machine.</param>
    /// <param name="to">Downstream machine.</param>
    /// <param name="conveyor">Its conveyor; null = the plant names none, so nothing is buffered.</param>
    /// <param name="isBeforeCritical">Whether it feeds the critical machine rather than taking from it.</param>
    /// <param name="unitsPerTick">Ideal speed of the critical machine.</param>
    /// <param name="start">When the sweep begins, UTC ticks.</param>
    public Buffer(MachineTrack from, MachineTrack to, Conveyor? conveyor, bool isBeforeCritical, double unitsPerTick, long start)
    {
        _from = from;
        _to = to;
        _unitsPerTick = unitsPerTick;
        _accumulation = (conveyor?.Capacity.Ticks ?? 0) * unitsPerTick;
        _underWay = (conveyor?.Transport.Ticks ?? 0) * unitsPerTick;
        IsBeforeCritical = isBeforeCritical;
        UnderWay = conveyor?.Transport.Ticks ?? 0;
        Hides = conveyor is null ? 0 : (conveyor.Capacity + conveyor.Transport).Ticks;
        IsCoupling = conveyor is null || conveyor.Capacity < TimeSpan.FromSeconds(2);
        _level = isBeforeCritical ? _accumulation + _underWay : _underWay;
        _now = start;
        _enteredUntil = UnitCounts.GoodUntil(from, start);
        _leftUntil = UnitCounts.TotalUntil(to, start);
    }

    /// <summary>Whether it feeds the critical machine rather than taking from it.</summary>
    public bool IsBeforeCritical { get; }

    /// <summary>Whether the two machines stop as one (a monobloc): there is nothing between them that could explain a delay.</summary>
    public bool IsCoupling { get; }

    /// <summary>How long it hides that one of the two stands, transport included; ticks.</summary>
    public long Hides { get; }

    /// <summary>How long a unit is under way, ticks.</summary>
    public long UnderWay { get; }

    /// <summary>Accumulated share, 0 = empty, 1 = full; what is under way does not count.</summary>
    public double Fill => _accumulation <= 0 ? 0.5 : Math.Clamp((_level - _underWay) / _accumulation, 0, 1);

    /// <summary>
    /// Moves on to an instant. Until then both machines' conditions did not change: whether they ran, and what was at the
    /// root of the standing of the one that can empty or fill it.
    /// </summary>
    public void Advance(long to, bool fromRuns, bool toRuns, Root? root)
    {
        if (to <= _now)
        {
            return;
        }

        double? enteredUntil = UnitCounts.GoodUntil(_from, to);
        double? leftUntil = UnitCounts.TotalUntil(_to, to);
        double entered = enteredUntil - _enteredUntil ?? BySpeed(_from, fromRuns, to);
        double left = leftUntil - _leftUntil ?? BySpeed(_to, toRuns, to);
        (_enteredUntil, _leftUntil) = (enteredUntil, leftUntil);
        _level = Math.Clamp(_level + entered - left, 0, _accumulation + _underWay);
        (bool stands, bool goes) = IsBeforeCritical ? (!fromRuns, toRuns) : (!toRuns, fromRuns);
        if (stands && goes && root is { } cause)
        {
            _ledger[cause] = _ledger.GetValueOrDefault(cause) + (IsBeforeCritical ? left : entered);
        }
        else if (fromRuns && toRuns && (IsBeforeCritical ? Fill >= RestsFull : Fill <= RestsEmpty))
        {
            _ledger.Clear();
        }

        _now = to;
    }

    /// <summary>The machine before it is blocked: it is full. Or the one behind it starves: only what is under way is left.</summary>
    public void Anchor(bool full) => _level = full ? _accumulation + _underWay : Math.Min(_level, _underWay);

    /// <summary>What was before explains nothing any more: the line was emptied for a changeover.</summary>
    public void Forgive() => _ledger.Clear();

    /// <summary>The root that moved most units since the buffer was last at rest; null = none did.</summary>
    public Root? Culprit
    {
        get
        {
            Root? culprit = null;
            double most = 0;
            foreach ((Root root, double units) in _ledger)
            {
                // Of equals the earlier: the outcome must not depend on the order of a hash table.
                if (units > most || (units == most && culprit is { } other && root.Start < other.Start))
                {
                    (culprit, most) = (root, units);
                }
            }

            return culprit;
        }
    }

    /// <summary>Units since <see cref="_now"/> of a machine that does not count: by its speed in the V-graph.</summary>
    private double BySpeed(MachineTrack track, bool runs, long to) =>
        runs ? (to - _now) * (track.Machine.DesignRatePerHour / TimeSpan.TicksPerHour ?? _unitsPerTick) : 0;
}
