using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Plants;

public sealed class ShiftPlanTests
{
    private static readonly ShiftPlan Night = new(
        TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
        [new Shift("Night", new TimeOnly(22, 0), new TimeOnly(6, 0), Enum.GetValues<DayOfWeek>().ToHashSet(), [new PlannedBreak(new TimeOnly(1, 0), new TimeOnly(1, 30))])],
        []);

    [Theory]
    [InlineData("2026-03-28T22:00Z", 7)]
    [InlineData("2026-10-24T22:00Z", 9)]
    [InlineData("2026-06-01T22:00Z", 8)]
    public void Night_shift_keeps_its_local_times_on_daylight_saving_days(string inside, int hours)
    {
        ShiftInstance shift = Night.At(DateTimeOffset.Parse(inside, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime)!;

        Assert.Equal(TimeSpan.FromHours(hours), shift.End - shift.Start);
    }

    [Fact]
    public void Break_after_midnight_lies_inside_the_shift()
    {
        ShiftInstance shift = Night.At(new DateTime(2026, 6, 1, 23, 0, 0, DateTimeKind.Utc))!;

        Assert.Equal((new DateTime(2026, 6, 1, 23, 0, 0), new DateTime(2026, 6, 1, 23, 30, 0)), Assert.Single(shift.Breaks));
        Assert.Equal(new DateOnly(2026, 6, 1), shift.Day);
    }
}
