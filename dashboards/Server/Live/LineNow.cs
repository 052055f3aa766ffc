using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Server.Live;

/// <summary>One line as pages and API show it: the running shift's figures, where the machines stand, and how old that is. Times are UTC.</summary>
public sealed record LineNow
{
    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>ISA-95 area.</summary>
    public required string Area { get; init; }

    /// <summary>Event time of the newest reading of the line; null before the first one.</summary>
    public required DateTime? DataTime { get; init; }

    /// <summary>The running shift; null when none is planned now, and OEE is undefined then.</summary>
    public ShiftNow? Shift { get; init; }

    /// <summary>The ratios of the running shift so far.</summary>
    public required OeeNow Oee { get; init; }

    /// <summary>What was made in the shift so far.</summary>
    public required OutputNow Output { get; init; }

    /// <summary>State of the line, which is its critical machine's.</summary>
    public required StateNow State { get; init; }

    /// <summary>Product id as the machines report it; null when none does.</summary>
    public string? Product { get; init; }

    /// <summary>Display name of the product; null when there is none.</summary>
    public string? ProductName { get; init; }

    /// <summary>Order as the machines report it; null when none does.</summary>
    public string? Order { get; init; }

    /// <summary>What stops the line now; null while it runs or need not run.</summary>
    public CauseNow? Cause { get; init; }

    /// <summary>Machines in flow order.</summary>
    public required IReadOnlyList<MachineNow> Machines { get; init; }

    /// <summary>The machine whose time axis is the line's.</summary>
    public required string CriticalMachine { get; init; }

    /// <summary>What the shift lost so far by kind, the largest first.</summary>
    public required IReadOnlyList<LossNow> Losses { get; init; }

    /// <summary>What the shift's stops cost by the machine at their root, the largest first; a null machine is unattributed.</summary>
    public required IReadOnlyList<LossNow> Causes { get; init; }

    /// <summary>States of the line since the shift began, oldest first, without overlap or gap.</summary>
    public required IReadOnlyList<TimelineInterval> Timeline { get; init; }

    /// <summary>A line nothing was heard from yet.</summary>
    public static LineNow Silent(Line line) => new()
    {
        Line = line.Id,
        Name = line.Name,
        Area = line.Area,
        DataTime = null,
        Oee = new OeeNow(null, null, null, null, "no readings yet"),
        Output = new OutputNow(null, null, null, null),
        State = new StateNow(Bucket.NoData, null, null),
        CriticalMachine = line.CriticalMachine.Id,
        Machines = [.. line.Machines.Select(machine => new MachineNow(machine.Id, machine.Name, Bucket.NoData, null, null, default, 0, null, null))],
        Losses = [],
        Causes = [],
        Timeline = [],
    };

    /// <summary>What the engine computed, with the plant's names for it.</summary>
    public static LineNow Of(Plant plant, Line line, LineSnapshot snapshot)
    {
        Quantities made = snapshot.Quantities;
        MachineNow critical = snapshot.Machines.First(machine => machine.Machine == line.CriticalMachine.Id);
        double? secondsPerUnit = SecondsPerUnit(made);
        return new LineNow
        {
            Line = line.Id,
            Name = line.Name,
            Area = line.Area,
            DataTime = snapshot.LastHeard,
            Shift = snapshot.Shift is { } shift ? new ShiftNow(shift.Name, shift.Day, shift.Start, shift.End) : null,
            Oee = OeeNow.Of(snapshot),
            Output = made.IsCounted
                ? new OutputNow(made.Total, made.Good, made.Reject, snapshot.UnitsLost is { } lost ? Math.Max(0, made.Good + lost) : null)
                : new OutputNow(null, null, null, null),
            State = new StateNow(critical.Bucket, critical.StateName, critical.LastHeard is null ? null : critical.Since),
            Product = snapshot.Product,
            ProductName = plant.Products.FirstOrDefault(product => product.Id == snapshot.Product)?.Name ?? snapshot.Product,
            Order = snapshot.Order,
            Cause = snapshot.CurrentStop is { } stop ? CauseNow.Of(plant, line, stop) : null,
            Machines = snapshot.Machines,
            CriticalMachine = line.CriticalMachine.Id,
            Losses = LossNow.ByKind(snapshot.Losses, secondsPerUnit),
            Causes = LossNow.ByMachine(line, snapshot.Record.Stops, secondsPerUnit),
            Timeline = snapshot.Record.Timeline,
        };
    }

    /// <summary>The shift's mean PRI; null where nothing was made or an ideal rate is unknown.</summary>
    private static double? SecondsPerUnit(Quantities made) =>
        made is { IdealSeconds: { } ideal, Total: > 0 } ? ideal / made.Total : null;
}

/// <summary>A running shift; the end is the planned one.</summary>
public sealed record ShiftNow(string Name, DateOnly Day, DateTime Start, DateTime End);

/// <summary>Ratios, 1 = 100 %; performance may exceed 1 and is shown so. Null = undefined, and <paramref name="Undefined"/> says why.</summary>
public sealed record OeeNow(double? Availability, double? Performance, double? Quality, double? Oee, string? Undefined)
{
    internal static OeeNow Of(LineSnapshot snapshot)
    {
        OeeFigures figures = snapshot.Figures;
        string? undefined = figures.Oee is not null ? null
            : snapshot.LastHeard is null ? "no readings yet"
            : snapshot.Shift is null ? "no shift is planned now"
            : !snapshot.Quantities.IsCounted ? "the line has no unit counters"
            : snapshot.Quantities.PlannedBusy == TimeSpan.Zero ? "no planned production time yet in this shift"
            : "the product has no ideal rate in the plant file";
        return new OeeNow(figures.Availability, figures.Performance, figures.Quality, figures.Oee, undefined);
    }
}

/// <summary>
/// Units made in the shift so far (null = the line has no counters), and what the planned busy time so far allowed at the
/// ideal rate (null = no ideal rate known).
/// </summary>
public sealed record OutputNow(long? Total, long? Good, long? Reject, double? Possible);

/// <summary>Where the line stands: place in the OEE time model, the machine's own name of its state, and since when (event time).</summary>
public sealed record StateNow(Bucket Bucket, string? Name, DateTime? Since);

/// <summary>What stops the line: the machine at the root of it (null = unattributed), the fault it reports (0 = none), the reason in the plant's reason tree, and since when.</summary>
public sealed record CauseNow(string? Machine, string? MachineName, Bucket Bucket, int FaultCode, string? Reason, DateTime Since)
{
    internal static CauseNow Of(Plant plant, Line line, Stop stop) => new(
        stop.CauseMachine,
        line.Machines.FirstOrDefault(machine => machine.Id == stop.CauseMachine)?.Name,
        stop.Bucket,
        stop.FaultCode,
        stop.Reason is { } reason ? Name(plant.Reasons, reason) ?? reason : null,
        stop.Start);

    private static string? Name(IReadOnlyList<Reason> reasons, string id)
    {
        foreach (Reason reason in reasons)
        {
            if (reason.Id == id)
            {
                return reason.Name;
            }

            if (Name(reason.Children, id) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
