using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class DailyProfileTests
{
    private static readonly DateTime Midnight = Series.Start.Date;

    [Fact]
    public void A_value_that_rises_through_the_day_is_expected_on_its_line_and_not_on_steps_of_half_an_hour()
    {
        DailyProfile profile = new();
        for (DateTime eventTime = Midnight; eventTime < Midnight.AddDays(4); eventTime = eventTime.AddMinutes(5))
        {
            _ = profile.Learn(eventTime, eventTime.TimeOfDay.TotalHours);
        }

        // From the middle of the first half hour to that of the last; between those two the day begins anew. A half hour's
        // readings lie 2.5 minutes before its middle on average.
        for (DateTime eventTime = Midnight.AddMinutes(15); eventTime <= Midnight.AddMinutes((24 * 60) - 15); eventTime = eventTime.AddMinutes(1))
        {
            Assert.Equal(eventTime.TimeOfDay.TotalHours - (2.5 / 60), profile.Expect(eventTime), 9);
        }
    }

    [Fact]
    public void The_last_half_hour_of_the_day_leads_over_to_the_first()
    {
        DailyProfile profile = new();
        for (DateTime eventTime = Midnight; eventTime < Midnight.AddDays(4); eventTime = eventTime.AddMinutes(5))
        {
            _ = profile.Learn(eventTime, eventTime.Hour >= 12 ? 10 : 4);
        }

        Assert.Equal(10, profile.Expect(Midnight.AddHours(23.75)), 9);
        Assert.Equal(7, profile.Expect(Midnight), 9);
        Assert.Equal(4, profile.Expect(Midnight.AddHours(0.25)), 9);
    }

    [Fact]
    public void A_half_hour_never_seen_is_expected_at_the_level_of_late_and_no_other_leans_on_it()
    {
        DailyProfile profile = new();
        Assert.Equal(double.NaN, profile.Expect(Midnight));
        for (DateTime eventTime = Midnight.AddHours(6); eventTime < Midnight.AddHours(10); eventTime = eventTime.AddMinutes(1))
        {
            _ = profile.Learn(eventTime, 3);
        }

        _ = profile.Learn(Midnight.AddHours(10), 3);

        Assert.Equal(3, profile.Expect(Midnight.AddHours(20)), 9);
        Assert.Equal(3, profile.Expect(Midnight.AddHours(6)), 9);
    }
}
