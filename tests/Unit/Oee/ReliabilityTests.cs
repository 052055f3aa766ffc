using Linewatch.Analytics.Oee;

namespace Linewatch.Tests.Unit.Oee;

public sealed class ReliabilityTests
{
    [Fact]
    public void R2_ten_failures_in_ten_thousand_hours()
    {
        Reliability machine = new(10, TimeSpan.FromHours(10_000), TimeSpan.FromHours(50));

        Assert.Equal(TimeSpan.FromHours(1000), machine.MeanTimeBetweenFailures);
        Assert.Equal(TimeSpan.FromHours(5), machine.MeanTimeToRepair);
        Assert.Equal(0.9950249, machine.Availability!.Value, 7);
    }

    // failures, uptime h, repair h → MTBF, MTTR, and by ISO 22400-2 TBF, TTF, TTR (÷ FE + 1), h
    [Theory]
    [InlineData(1, 8, 2, 8, 2, 5, 4, 1)]
    [InlineData(4, 100, 10, 25, 2.5, 22, 20, 2)]
    [InlineData(9, 90, 0, 10, 0, 9, 9, 0)]
    public void Both_conventions(int failures, double uptime, double repair, double mtbf, double mttr, double tbf, double ttf, double ttr)
    {
        Reliability machine = new(failures, TimeSpan.FromHours(uptime), TimeSpan.FromHours(repair));

        Assert.Equal((mtbf, mttr), (machine.MeanTimeBetweenFailures!.Value.TotalHours, machine.MeanTimeToRepair!.Value.TotalHours));
        Assert.Equal(
            (tbf, ttf, ttr),
            (machine.Iso22400TimeBetweenFailures.TotalHours, machine.Iso22400TimeToFailure.TotalHours, machine.Iso22400TimeToRepair.TotalHours));
    }

    [Fact]
    public void R4_without_a_failure_nothing_is_known_but_uptime()
    {
        Reliability machine = new(0, TimeSpan.FromHours(8), TimeSpan.Zero);

        Assert.Equal((null, null, null), (machine.MeanTimeBetweenFailures, machine.MeanTimeToRepair, machine.Availability));
        Assert.Equal(TimeSpan.FromHours(8), machine.Uptime);
    }

    [Fact]
    public void ISO_22400_divides_by_one_more_than_the_failures()
    {
        Reliability machine = new(3, TimeSpan.FromHours(40), TimeSpan.FromHours(8));

        Assert.Equal(
            (TimeSpan.FromHours(12), TimeSpan.FromHours(10), TimeSpan.FromHours(2)),
            (machine.Iso22400TimeBetweenFailures, machine.Iso22400TimeToFailure, machine.Iso22400TimeToRepair));
    }

    [Fact]
    public void Technical_efficiency_leaves_out_what_the_machine_cannot_help()
    {
        MachineTimes times = new(
            "filler", TimeSpan.FromHours(6), TimeSpan.FromHours(1), 4, TimeSpan.FromHours(0.5), TimeSpan.FromHours(0.5), TimeSpan.Zero, TimeSpan.Zero, 55_000, 1000);

        MachineEfficiency efficiency = MachineEfficiency.Of(times, ratePerHour: 10_000);

        Assert.Equal((5.4 / 8, 5.4 / 7), (efficiency.General!.Value, efficiency.Technical!.Value));
        Assert.Equal((6.0 / 8, 6.0 / 7), (efficiency.GeneralAvailability!.Value, efficiency.TechnicalAvailability!.Value));
    }
}
