using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Oee;

public sealed class OeeSumTests
{
    private static readonly TestLine Line = new TestLine().Tell("""
        05:00 filler state 128
        05:00 filler product cola
        05:00 filler order A
        09:00 filler program 16
        09:30 filler program 1
        09:30 filler product water
        09:30 filler order B
        12:00 filler state 1024
        12:15 filler state 128
        18:00 filler program 16
        18:20 filler program 1
        18:20 filler product cola
        18:20 filler order C
        20:00 filler program 16
        21:00 filler program 1
        21:00 filler product water
        21:00 filler order D
        """)
        .Count("filler", "total", "06:00", "09:00", 0, 9000, TimeSpan.FromMinutes(1))
        .Count("filler", "total", "09:30", "18:00", 9000, 21_000, TimeSpan.FromMinutes(1))
        .Count("filler", "total", "18:20", "20:00", 21_000, 26_000, TimeSpan.FromMinutes(1));

    private static ShiftRecord[] Shifts => [Line.Shift("06:00"), Line.Shift("14:00")];

    [Fact]
    public void Runs_sum_to_their_shift()
    {
        foreach (ShiftRecord shift in Shifts)
        {
            Quantities sum = shift.Runs.Aggregate(Quantities.Zero, (all, run) => all.Plus(run.In(shift)));

            Assert.All(Enum.GetValues<LossCategory>(), category => Assert.Equal(shift.Quantities[category], sum[category]));
            Assert.Equal(shift.Quantities.Products, sum.Products);
        }
    }

    [Fact]
    public void By_product_and_order_time_goes_with_the_run()
    {
        Dictionary<string, Quantities> products = OeeSum.ByRun(Shifts, run => run.Product).ToDictionary(sum => sum.Key, sum => sum.Quantities);
        Dictionary<string, Quantities> orders = OeeSum.ByRun(Shifts, run => run.Order ?? "").ToDictionary(sum => sum.Key, sum => sum.Quantities);

        Assert.Equal((9000 + 5000, 12_000), (products["cola"].Total, products["water"].Total));
        Assert.Equal(TimeSpan.FromMinutes(15), products["water"][LossCategory.Breakdown]);
        Assert.Equal(["A", "B", "C", "D"], orders.Keys.Order());
        Assert.Equal(TimeSpan.FromHours(16), orders.Values.Aggregate(TimeSpan.Zero, (sum, order) => sum + order.Calendar));
    }

    [Fact]
    public void By_day_the_base_quantities_are_summed_before_the_ratios()
    {
        (DateOnly day, Quantities sum) = Assert.Single(OeeSum.By(Shifts, shift => shift.Day));

        double expected = (14_000 + (2.0 * 12_000)) / (16 * 3600);
        Assert.Equal((TestLine.Day, expected), (day, OeeFigures.Of(sum).Oee));
    }

    [Theory]
    [InlineData("2026-06-01", "2026-06-01")]
    [InlineData("2026-06-07", "2026-06-01")]
    [InlineData("2027-01-01", "2026-12-28")]
    public void Weeks_begin_on_Monday(string day, string monday) =>
        Assert.Equal(DateOnly.Parse(monday, System.Globalization.CultureInfo.InvariantCulture), OeeSum.WeekOf(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Changeover_matrix_tells_median_and_best_of_each_pair()
    {
        IReadOnlyList<Changeover> matrix = ChangeoverMatrix.Of(Shifts);

        Assert.Equal(
            [
                new Changeover("cola", "water", 2, TimeSpan.FromMinutes(45), TimeSpan.FromMinutes(30)),
                new Changeover("water", "cola", 1, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(20)),
            ],
            matrix);
    }

    [Fact]
    public void Period_summary_prices_every_loss_and_names_the_capacity_left()
    {
        Line priced = new()
        {
            Id = "line1", Name = "", Area = "", Machines = Line.Line.Machines, CriticalMachine = Line.Line.CriticalMachine,
            CountingMachine = Line.Line.CountingMachine, Shifts = Line.Line.Shifts, UnitMargin = 0.10m,
        };

        PeriodSummary day = PeriodSummary.Of(priced, Shifts, TimeSpan.FromHours(24));

        double meanSeconds = (14_000 + (2.0 * 12_000)) / 26_000;
        LossCost setUp = day.Losses.Single(loss => loss.Loss == "set-up");
        Assert.Equal((TimeSpan.FromHours(8), 0.0), (day.CapacityLeft, day.Unattributed));
        Assert.Equal(110.0 / 60, setUp.Hours, 9);
        Assert.Equal(110 * 60 / meanSeconds, setUp.Units!.Value, 6);
        Assert.Equal(setUp.Units.Value * 0.10, (double)setUp.Money!.Value, 6);
    }
}
