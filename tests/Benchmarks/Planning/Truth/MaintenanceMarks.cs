using System.Globalization;
using Linewatch.BottlingPlant;
using Linewatch.Jobs.Planning;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;

namespace Linewatch.Tests.Benchmarks.Planning.Truth;

/// <summary>How the product's proposals, forecasts and repairs compare with what really happened; of one run or of several.</summary>
internal sealed class MaintenanceMarks
{
    private static readonly TimeSpan Wanted = TimeSpan.FromHours(24);

    /// <summary>Twice the lead wanted: what shows itself later cannot be told a day ahead, by anyone, after half a day of looking.</summary>
    private static readonly TimeSpan Progressive = TimeSpan.FromHours(48);

    private static readonly double[] LeadDays = [1, 2, 4, 7, 14];

    private readonly Dictionary<string, (WorkOrder Order, DateTime Seen, DateTime LastOpen)> _proposals = [];
    private readonly SortedDictionary<string, (int All, int InTime, List<double> Leads, int Short)> _modes = new(StringComparer.Ordinal);
    private readonly List<(double Left, double Told, double Early)> _lives = [];
    private Dictionary<string, DateTime?> _placed = [];

    /// <summary>Progressive failures whose due time lay in the run.</summary>
    public int Failures => _modes.Values.Sum(mode => mode.All);

    /// <summary>Of those, with a proposal a day ahead.</summary>
    public int InTime => _modes.Values.Sum(mode => mode.InTime);

    public int Proposals { get; private set; }

    public int FalseProposals { get; private set; }

    public double MachineQuarters { get; private set; }

    public double PlannedCost { get; private set; }

    public int Repairs { get; private set; }

    public int Sound { get; private set; }

    public int ExtraStops { get; private set; }

    public int Unforeseen { get; private set; }

    public int Placements { get; private set; }

    public int Moved { get; private set; }

    /// <summary>Takes what forecast and plan say now.</summary>
    public void Take(DateTime now, IReadOnlyList<WorkOrder> open, PlanRevision plan, IReadOnlyList<FailureCourse> courses, Func<WorkOrder, string> signalOf)
    {
        foreach (WorkOrder order in open.Where(order => order.Origin == "forecast"))
        {
            _proposals[order.Id] = (order, _proposals.TryGetValue(order.Id, out var before) ? before.Seen : now, now);
            if (order.PredictedAt is { } told && order.UpdatedAt == now && Course(courses, order, signalOf(order), now) is { } course)
            {
                _lives.Add(((course.Due - now).TotalHours, (told - now).TotalHours, (order.DueLatest - now).TotalHours));
            }
        }

        Dictionary<string, DateTime?> placed = plan.Jobs.Where(job => !job.IsPinned).ToDictionary(job => job.Order, job => job.Start);
        foreach ((string order, DateTime? start) in placed)
        {
            if (_placed.TryGetValue(order, out DateTime? was) && was is { } before && before > now)
            {
                Placements++;
                Moved += start == before ? 0 : 1;
            }
        }

        _placed = placed;
    }

    /// <summary>Counts a planned replacement.</summary>
    public void Replaced(WorkOrder order, Plant plant, bool isExtraStop, bool wasWorn)
    {
        ComponentCare care = plant.Maintenance.CareOf(order.Machine, order.Component);
        Line line = plant.Lines.First(each => each.Id == order.Line);
        PlannedCost += care.PlannedCost + (isExtraStop ? care.Duration.TotalHours * plant.Maintenance.LostHourOf(line) : 0);
        Repairs++;
        Sound += wasWorn ? 0 : 1;
        ExtraStops += isExtraStop ? 1 : 0;
    }

    /// <summary>Counts a failure in service.</summary>
    public void Failed(WorkOrder order, Plant plant)
    {
        PlannedCost += plant.Maintenance.FailureCostOf(plant.Maintenance.CareOf(order.Machine, order.Component), plant.Lines.First(each => each.Id == order.Line));
        Unforeseen++;
    }

    /// <summary>Holds the proposals against the truth, at the end of a run.</summary>
    public void Close(Plant plant, IReadOnlyList<FailureCourse> courses, DateTime end, double machineQuarters, Func<WorkOrder, string> signalOf)
    {
        MachineQuarters += machineQuarters;
        Proposals += _proposals.Count;
        FalseProposals += _proposals.Values.Count(each => Course(courses, each.Order, signalOf(each.Order), each.Seen) is null);
        HashSet<(string Line, string Machine, string Signal)> wearing =
            [.. plant.Signals.Where(signal => signal.Wear is not null).Select(signal => (signal.Path.Line, signal.Path.Machine, signal.Path.Signal))];
        foreach (FailureCourse course in courses.Where(course => !course.IsBenign && course.Due <= end
            && course.Signals.Any(signal => wearing.Contains((course.Line, course.Machine, signal)))))
        {
            var mode = _modes.GetValueOrDefault(course.Mode, (0, 0, [], 0));
            if (course.Due - course.Detectable < Progressive)
            {
                _modes[course.Mode] = mode with { Short = mode.Short + 1 };
                continue;
            }

            DateTime[] told =
            [
                .. _proposals.Values
                    .Where(each => each.Order.Line == course.Line && each.Order.Machine == course.Machine && course.Signals.Contains(signalOf(each.Order))
                        && each.LastOpen >= course.Onset && each.Seen < course.Due && (course.Repaired is null || each.Seen <= course.Repaired))
                    .Select(each => each.Seen > course.Onset ? each.Seen : course.Onset),
            ];
            bool inTime = told.Length > 0 && course.Due - told.Min() >= Wanted;
            if (told.Length > 0)
            {
                mode.Leads.Add((course.Due - told.Min()).TotalHours);
            }

            _modes[course.Mode] = mode with { All = mode.All + 1, InTime = mode.InTime + (inTime ? 1 : 0) };
        }

        _proposals.Clear();
        _placed = [];
    }

    /// <summary>Writes the tables.</summary>
    public void Write(TextWriter to)
    {
        to.WriteLine("| failure mode | progressive failures | proposal 24 h ahead | median lead, h | quicker ones, not counted |");
        to.WriteLine("|---|---|---|---|---|");
        foreach ((string name, var mode) in _modes)
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {mode.All} | {mode.InTime} | {Quantile(mode.Leads, 0.5):F0} | {mode.Short} |"));
        }

        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| **all** | **{Failures}** | **{InTime} ({100.0 * InTime / Math.Max(1, Failures):F1} %)** | {Quantile([.. _modes.Values.SelectMany(mode => mode.Leads)], 0.5):F0} | {_modes.Values.Sum(mode => mode.Short)} |"));
        to.WriteLine();
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Proposals} proposals, {FalseProposals} without a failure under way: {FalseProposals / Math.Max(1e-9, MachineQuarters):F2} a machine-quarter ({MachineQuarters:F1}). {Repairs} repairs as planned ({Sound} found sound, {ExtraStops} in extra stops), {Unforeseen} failures in service; {100.0 * Moved / Math.Max(1, Placements):F1} % of placements moved from one plan to the next."));
        to.WriteLine();
        to.WriteLine("| time left | forecasts | median error, h | median absolute error, h | 90 % of errors within, h | failure after the early end of the band |");
        to.WriteLine("|---|---|---|---|---|---|");
        double from = 0;
        foreach (double until in LeadDays.Append(double.PositiveInfinity))
        {
            var lives = _lives.Where(life => life.Left >= from * 24 && life.Left < until * 24).ToArray();
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {from}–{(double.IsFinite(until) ? until.ToString(CultureInfo.InvariantCulture) : "…")} d | {lives.Length} | {Quantile([.. lives.Select(life => life.Told - life.Left)], 0.5):F1} | {Quantile([.. lives.Select(life => Math.Abs(life.Told - life.Left))], 0.5):F1} | {Quantile([.. lives.Select(life => Math.Abs(life.Told - life.Left))], 0.9):F1} | {100.0 * lives.Count(life => life.Left >= life.Early) / Math.Max(1, lives.Length):F0} % |"));
            from = until;
        }
    }

    private static FailureCourse? Course(IReadOnlyList<FailureCourse> courses, WorkOrder order, string signal, DateTime now) => courses.FirstOrDefault(course =>
        !course.IsBenign && course.Line == order.Line && course.Machine == order.Machine && course.Signals.Contains(signal)
        && course.Onset <= now && (course.Repaired is null || course.Repaired > now));

    private static double Quantile(List<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
    }
}
