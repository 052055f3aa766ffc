using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class PastRunsTests
{
    private const double Limit = 4.5;

    /// <summary>Sound at 1.5 for ten days, then a cubic rise to the limit over so many hours: what a straight line foretells far too late.</summary>
    private static WearSample[] Run(double riseHours, double untilLeft)
    {
        double life = 240 + riseHours;
        return [.. Enumerable.Range(0, (int)(life - untilLeft) / 4 + 1).Select(step => new WearSample(
            (step * 4) - life,
            1.5 + (3 * Math.Pow(Math.Clamp(((step * 4) - 240) / riseHours, 0, 1), 3)) + (0.01 * Math.Sin(step * 12.9898))))];
    }

    private static IReadOnlyList<WearSample>[] Past(params double[] riseHours) => [.. riseHours.Select(rise => Run(rise, untilLeft: 0))];

    [Theory]
    [InlineData(180)]
    [InlineData(96)]
    [InlineData(48)]
    public void Wear_like_past_runs_has_as_much_left_as_they_had(double left)
    {
        (double early, double middle, double late) = PastRuns.Judge(Run(400, left), Past(380, 400, 420), Limit)!.Value;

        Assert.InRange(middle, (0.8 * left) - 5, (1.2 * left) + 5);
        Assert.InRange(left, early, late);
    }

    [Fact]
    public void Far_from_the_end_the_band_is_wider_than_near_it()
    {
        IReadOnlyList<WearSample>[] past = Past(300, 400, 500);
        (double early, double middle, double late) far = PastRuns.Judge(Run(400, 200), past, Limit)!.Value;
        (double early, double middle, double late) near = PastRuns.Judge(Run(400, 30), past, Limit)!.Value;

        Assert.True(near.late - near.early < far.late - far.early);
    }

    [Fact]
    public void Two_runs_are_too_few() => Assert.Null(PastRuns.Judge(Run(400, 96), Past(380, 420), Limit));

    [Fact]
    public void Wear_like_no_past_run_is_not_judged()
    {
        WearSample[] beyond = [.. Enumerable.Range(0, 60).Select(hour => new WearSample(hour, 9 + (0.1 * hour)))];

        Assert.Null(PastRuns.Judge(beyond, Past(380, 400, 420), Limit));
    }
}
