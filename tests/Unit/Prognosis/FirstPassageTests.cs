using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class FirstPassageTests
{
    private static readonly Arbitrary<(double Distance, double Drift, double Diffusion)> AnyWear =
        (from distance in Gen.Choose(1, 1000)
         from drift in Gen.Choose(-100, 1000)
         from diffusion in Gen.Choose(0, 300)
         select (distance / 10.0, drift / 500.0, diffusion / 100.0)).ToArbitrary();

    /// <summary>Follows many paths in small steps, with the chance of a passage within a step (Brownian bridge): nothing but the definition.</summary>
    private static double ByPaths(double distance, double drift, double diffusion, double hours)
    {
#pragma warning disable CA5394 // made-up paths, not secrets
        Random random = new(1);
        const int Paths = 20_000;
        const int Steps = 50;
        double step = hours / Steps;
        double reached = 0;
        for (int path = 0; path < Paths; path++)
        {
            double level = 0;
            double notYet = 1;
            for (int i = 0; i < Steps && level < distance; i++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                double next = level + (drift * step) + (diffusion * Math.Sqrt(step) * normal);
                notYet *= next >= distance ? 0 : 1 - Math.Exp(-2 * (distance - level) * (distance - next) / (diffusion * diffusion * step));
                level = next;
            }

            reached += 1 - notYet;
        }
#pragma warning restore CA5394

        return reached / Paths;
    }

    [Theory]
    [InlineData(10, 0.1, 0.5, 80)]
    [InlineData(10, 0.1, 0.5, 100)]
    [InlineData(10, 0.1, 0.05, 101)]
    [InlineData(3, -0.02, 0.4, 150)]
    [InlineData(3, 0, 0.4, 150)]
    public void Probability_agrees_with_following_paths(double distance, double drift, double diffusion, double hours) =>
        Assert.Equal(ByPaths(distance, drift, diffusion, hours), new FirstPassage(distance, drift, diffusion).ProbabilityWithin(hours), 0.01);

    [Fact]
    public void Probability_only_rises_with_the_horizon_towards_that_of_ever() =>
        Prop.ForAll(AnyWear, wear =>
        {
            FirstPassage passage = new(wear.Distance, wear.Drift, wear.Diffusion);
            double[] probabilities = [.. Enumerable.Range(-2, 40).Select(i => passage.ProbabilityWithin(Math.Pow(1.5, i)))];
            return probabilities.Zip(probabilities.Skip(1)).All(pair => pair.First <= pair.Second + 1e-12)
                && probabilities.All(probability => probability >= 0 && probability <= passage.ProbabilityEver + 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Millimetres_or_metres_hours_or_seconds_give_the_same_probability() =>
        Prop.ForAll(AnyWear, wear =>
        {
            FirstPassage hours = new(wear.Distance, wear.Drift, wear.Diffusion);
            FirstPassage seconds = new(wear.Distance / 1000, wear.Drift / 1000 / 3600, wear.Diffusion / 1000 / 60);
            return Math.Abs(hours.ProbabilityWithin(75) - seconds.ProbabilityWithin(75 * 3600)) < 1e-9;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_straight_line_arrives_on_time_and_one_away_from_the_limit_never()
    {
        Assert.Equal(0, new FirstPassage(10, 0.1, 0).ProbabilityWithin(99.9));
        Assert.Equal(1, new FirstPassage(10, 0.1, 0).ProbabilityWithin(100.1));
        Assert.Equal(0, new FirstPassage(10, -0.1, 0).ProbabilityWithin(1e9));
        Assert.Equal(1, new FirstPassage(0, -0.1, 0).ProbabilityWithin(0));
    }
}
