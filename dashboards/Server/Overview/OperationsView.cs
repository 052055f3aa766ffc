using Linewatch.Analytics.Lines;
using Linewatch.Analytics.Oee;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Storage;

namespace Linewatch.Server.Overview;

/// <summary>What operations managers ask: a week or month by line and site, from closed shifts and meters.</summary>
public sealed class OperationsView(CurrentPlant plant, ShiftBook shifts, IReadingStore store, TimeProvider clock)
{
    /// <summary>A meter is read at the ends of such stretches, so that an exchanged one costs no more than that.</summary>
    private static readonly TimeSpan MeterStretch = TimeSpan.FromHours(1);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Today at the plant.</summary>
    public DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(Now, plant.Value.TimeZone));

    /// <summary>Puts a period together; of one line, or of all when null.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public async Task<OperationsAnswer> ReadAsync(OperationsPeriod period, string? only, CancellationToken cancellationToken)
    {
        Plant now = plant.Value;
        (DateTime from, DateTime to) = period.Utc(now.TimeZone);
        DateTime until = to < Now ? to : Now;
        TimeSpan calendar = until > from ? until - from : TimeSpan.Zero;
        ShiftRecord[] records =
        [
            .. (await shifts.LatestAsync(only, from.AddDays(-1), to.AddDays(1), cancellationToken))
                .Select(shift => shift.Record)
                .Where(record => record.Day >= period.First && record.Day <= period.Last),
        ];
        List<LinePeriod> lines = [];
        foreach (Line line in now.Lines.Where(line => only is null || line.Id == only))
        {
            lines.Add(await LineAsync(now, line, [.. records.Where(record => record.Line == line.Id)], from, until, calendar, cancellationToken));
        }

        return new OperationsAnswer(period, Site(records, lines, calendar), lines);
    }

    private static PeriodFigures Site(ShiftRecord[] records, List<LinePeriod> lines, TimeSpan calendar)
    {
        LossCost[] losses =
        [
            .. lines.SelectMany(line => line.Figures.Losses).GroupBy(loss => loss.Loss).Select(kind => new LossCost(
                kind.Key,
                kind.Sum(loss => loss.Hours),
                kind.Any(loss => loss.Units is null) ? null : kind.Sum(loss => loss.Units),
                kind.Any(loss => loss.Money is null) ? null : kind.Sum(loss => loss.Money))).OrderByDescending(loss => loss.Hours),
        ];
        return Figures(records, losses, calendar * lines.Count);
    }

    private static PeriodFigures Figures(ShiftRecord[] records, IReadOnlyList<LossCost> losses, TimeSpan calendar)
    {
        Quantities sum = OeeSum.Of(records);
        bool isCounted = records.Length > 0 && sum.IsCounted;
        return new PeriodFigures(
            records.Length,
            OeeFigures.Of(sum),
            sum.PlannedBusy.TotalHours,
            Math.Max(0, (calendar - sum.PlannedBusy).TotalHours),
            isCounted ? sum.Total : null,
            isCounted ? sum.Good : null,
            isCounted ? sum.Reject : null,
            losses,
            [
                .. OeeSum.By(records, record => record.Day).OrderBy(day => day.Key).Select(day => new DayFigure(
                    day.Key, OeeFigures.Of(day.Quantities).Oee, day.Quantities.IsCounted ? day.Quantities.Good : null, day.Quantities.PlannedBusy.TotalHours)),
            ]);
    }

    private async Task<LinePeriod> LineAsync(
        Plant now, Line line, ShiftRecord[] records, DateTime from, DateTime until, TimeSpan calendar, CancellationToken cancellationToken)
    {
        PeriodSummary summary = PeriodSummary.Of(line, records, calendar);
        PeriodFigures figures = Figures(records, summary.Losses, calendar);
        return new LinePeriod(
            line.Id,
            line.Name,
            figures,
            summary.Unattributed,
            Causes(line, records),
            [.. ChangeoverMatrix.Of(records).Select(change => new ChangeoverAnswer(
                ProductName(now, change.From), ProductName(now, change.To), change.Count, change.Median.TotalMinutes, change.Best.TotalMinutes))],
            until > from ? await ConsumptionAsync(line, from, until, figures.Good, cancellationToken) : [],
            Bottleneck.Of(line, records),
            BufferHint.Of(line, records));
    }

    private static string ProductName(Plant plant, string id) => plant.Products.FirstOrDefault(product => product.Id == id)?.Name ?? id;

    private static IReadOnlyList<CauseHours> Causes(Line line, ShiftRecord[] records) =>
    [
        .. records.SelectMany(record => record.Stops)
            .Where(stop => stop.Machine == line.CriticalMachine.Id)
            .GroupBy(stop => stop.CauseMachine)
            .Select(cause => new CauseHours(
                cause.Key, line.Machines.FirstOrDefault(machine => machine.Id == cause.Key)?.Name ?? "Unattributed", cause.Sum(stop => stop.Lost.TotalHours)))
            .OrderByDescending(cause => cause.Hours),
    ];

    private async Task<IReadOnlyList<Consumption>> ConsumptionAsync(Line line, DateTime from, DateTime until, long? good, CancellationToken cancellationToken)
    {
        List<Consumption> all = [];
        foreach (IGrouping<(string Signal, string Unit), Signal> kind in line.Machines.SelectMany(machine => machine.Signals)
            .Where(signal => signal.Role == SignalRole.Meter)
            .GroupBy(signal => (signal.Path.Signal, signal.Unit)))
        {
            double? total = null;
            foreach (Signal meter in kind)
            {
                MeterIncrease increase = new();
                foreach (WindowAggregate stretch in await store.AggregateAsync(meter.Path, from, until, MeterStretch, cancellationToken))
                {
                    increase.Add(stretch.First, stretch.Last);
                }

                total = increase.Total is { } counted ? (total ?? 0) + counted : total;
            }

            if (total is { } sum)
            {
                all.Add(new Consumption(kind.Key.Signal, kind.First().Name, kind.Key.Unit, sum, good > 0 ? sum * 1000 / good : null));
            }
        }

        return all;
    }
}
