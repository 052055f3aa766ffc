using Linewatch.Analytics.Spc;

namespace Linewatch.Tests.Unit.Spc;

public sealed class FillTests
{
    [Fact]
    public void F1_half_a_litre_has_its_limits_at_485_and_470() =>
        Assert.Equal((15.0, 485.0, 470.0), (FillLaw.TolerableNegativeError(500), FillLaw.Tu1(500), FillLaw.Tu2(500)));

    // F2, and F3: 400 ml has 12, not 15.
    [Theory]
    [InlineData(50, 4.5)]
    [InlineData(75, 4.5)]
    [InlineData(100, 4.5)]
    [InlineData(150, 6.75)]
    [InlineData(200, 9)]
    [InlineData(250, 9)]
    [InlineData(300, 9)]
    [InlineData(330, 9.9)]
    [InlineData(400, 12)]
    [InlineData(500, 15)]
    [InlineData(750, 15)]
    [InlineData(1000, 15)]
    [InlineData(1500, 22.5)]
    [InlineData(10_000, 150)]
    [InlineData(5, 0.45)]
    [InlineData(51, 4.5)]
    [InlineData(101, 4.545)]
    [InlineData(201, 9)]
    [InlineData(301, 9.03)]
    [InlineData(501, 15)]
    [InlineData(1001, 15.015)]
    public void Tolerable_negative_error_by_nominal_volume(double nominal, double error) =>
        Assert.Equal(error, FillLaw.TolerableNegativeError(nominal), 9);

    [Theory]
    [InlineData(4.9)]
    [InlineData(10_001)]
    [InlineData(double.NaN)]
    public void Nominal_volumes_outside_the_law_are_refused(double nominal) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FillLaw.TolerableNegativeError(nominal));

    [Theory]
    [InlineData(20, 0.640)]
    [InlineData(30, 0.503)]
    [InlineData(50, 0.379)]
    [InlineData(80, 0.295)]
    [InlineData(125, 0.234)]
    public void F5_factor_of_the_reference_test_on_the_mean(int units, double factor) =>
        Assert.Equal(factor, FillLaw.MeanFactor(units), 3);

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 0, true)]
    [InlineData(2, 0, false)]
    [InlineData(1, 1, false)]
    public void F6_destructive_sample_of_twenty(int belowTu1, int belowTu2, bool passes)
    {
        double[] sample = new double[20];
        Array.Fill(sample, 501);
        Array.Fill(sample, 484, 0, belowTu1);
        Array.Fill(sample, 469, 0, belowTu2);

        Assert.Equal(passes, FillLaw.DestructiveSamplePasses(500, sample));
    }

    [Theory]
    [InlineData(500, 1, null, BatchVerdict.Accepted)]
    [InlineData(500, 2, null, BatchVerdict.SecondSample)]
    [InlineData(500, 2, 4, BatchVerdict.Accepted)]
    [InlineData(500, 2, 5, BatchVerdict.Rejected)]
    [InlineData(500, 3, null, BatchVerdict.Rejected)]
    [InlineData(100, 1, null, BatchVerdict.Accepted)]
    [InlineData(501, 2, null, BatchVerdict.Accepted)]
    [InlineData(501, 3, null, BatchVerdict.SecondSample)]
    [InlineData(3200, 4, 6, BatchVerdict.Accepted)]
    [InlineData(3200, 4, 7, BatchVerdict.Rejected)]
    [InlineData(3200, 5, null, BatchVerdict.Rejected)]
    [InlineData(3201, 4, null, BatchVerdict.SecondSample)]
    [InlineData(36_000, 3, null, BatchVerdict.Accepted)]
    [InlineData(36_000, 6, 8, BatchVerdict.Accepted)]
    [InlineData(36_000, 6, 9, BatchVerdict.Rejected)]
    [InlineData(36_000, 7, null, BatchVerdict.Rejected)]
    public void Non_destructive_double_plan(int batch, int first, int? both, BatchVerdict verdict) =>
        Assert.Equal(verdict, FillLaw.NonDestructive(batch, first, both));

    [Theory]
    [InlineData(100, 30)]
    [InlineData(500, 30)]
    [InlineData(501, 50)]
    [InlineData(3200, 50)]
    [InlineData(3201, 80)]
    public void Size_of_the_first_sample_by_batch(int batch, int units) => Assert.Equal(units, FillLaw.SampleSize(batch));

    [Fact]
    public void Batches_below_a_hundred_have_no_plan() => Assert.Throws<ArgumentOutOfRangeException>(() => FillLaw.NonDestructive(99, 0));

    // 20 units of 500 ml with s = 2: the mean may be 0.640·2 = 1.28 ml below nominal.
    [Theory]
    [InlineData(498.73, true)]
    [InlineData(498.71, false)]
    public void Reference_test_on_the_mean_allows_for_the_sample(double mean, bool passes)
    {
        double half = 2 * Math.Sqrt(19.0 / 20);

        Assert.Equal(passes, FillLaw.MeanPasses(500, [.. Enumerable.Range(0, 20).Select(i => mean + (i % 2 == 0 ? half : -half))]));
    }

    // minutes, °C → PU = minutes · 1.393^(T−60)
    [Theory]
    [InlineData(1, 60, 1)]
    [InlineData(5, 62, 9.702)]
    [InlineData(10, 58, 5.153)]
    [InlineData(1, 65, 5.245)]
    [InlineData(20, 40, 0.0264)]
    public void Units_at_a_steady_temperature(double minutes, double temperature, double units)
    {
        PasteurisationUnits gathered = new();
        DateTime start = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);
        gathered.Add(start, temperature);
        gathered.Add(start.AddMinutes(minutes), temperature);

        Assert.Equal(units, gathered.Total, units < 1 ? 4 : 3);
    }

    [Fact]
    public void F7_two_minutes_at_sixty_degrees_are_two_units()
    {
        PasteurisationUnits units = new();
        DateTime start = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);
        units.Add(start, 60);
        units.Add(start.AddMinutes(2), 60);

        Assert.Equal(2, units.Total, 9);
        Assert.Equal(1.393, PasteurisationUnits.PerMinute(61), 9);
    }

    [Fact]
    public void Fill_check_keeps_the_three_rules_and_the_give_away()
    {
        FillCheck check = new(500);
        for (int i = 0; i < 98; i++)
        {
            check.Add(502);
        }

        check.Add(484);
        check.Add(484);

        Assert.Equal((true, true, true), (check.IsMeanKept, check.IsTu1Kept, check.IsTu2Kept));
        Assert.Equal((98 * 2 - 32) / 1000.0, check.GiveAwayLitres, 9);
        check.Add(469);
        Assert.Equal((false, false, 3L), (check.IsTu1Kept, check.IsTu2Kept, check.BelowTu1));
    }
}
