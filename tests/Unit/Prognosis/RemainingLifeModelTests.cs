using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class RemainingLifeModelTests
{
    private static readonly MachineRun[] Past = Wearing.Runs(40, seed: 1);
    private static readonly MachineRun[] Others = Wearing.Runs(30, seed: 2);
    private static readonly Lazy<RemainingLifeModel> Model = new(() => RemainingLifeModel.Fit(Past, Wearing.Quick));

    /// <summary>Every other machine at five cuts: what was told, and the life it had.</summary>
    private static readonly Lazy<(RemainingLife Told, double Life)[]> Told = new(() =>
    [
        .. Others.SelectMany(run =>
        {
            int[] cuts = [.. new[] { 0.4, 0.6, 0.75, 0.9, 0.97 }.Select(share => (int)(share * run.Cycles.Count))];
            return Model.Value.PredictAt(run, cuts).Zip(cuts, (told, cut) => (told, (double)Math.Min(60, run.Cycles.Count - cut)));
        }),
    ]);

    [Fact]
    public void Told_lives_of_other_machines_are_near_what_they_had_left()
    {
        double error = Math.Sqrt(Told.Value.Average(one => Math.Pow(one.Told.Mean - one.Life, 2)));
        double ofTheMean = Math.Sqrt(Told.Value.Average(one => Math.Pow(Told.Value.Average(other => other.Life) - one.Life, 2)));

        Assert.True(error < 0.4 * ofTheMean, $"error {error:F1} cycles, of telling always the mean {ofTheMean:F1}");
    }

    [Fact]
    public void Ninety_percent_band_holds_about_nine_lives_in_ten()
    {
        double covered = Told.Value.Average(one => one.Life >= one.Told.Quantile(0.05) && one.Life <= one.Told.Quantile(0.95) ? 1.0 : 0.0);

        Assert.InRange(covered, 0.8, 0.99);
    }

    [Fact]
    public void Band_is_narrower_shortly_before_the_failure()
    {
        static double Width(IEnumerable<(RemainingLife Told, double Life)> cases) =>
            cases.Average(one => one.Told.Quantile(0.95) - one.Told.Quantile(0.05));

        double late = Width(Told.Value.Where(one => one.Life < 10));
        double early = Width(Told.Value.Where(one => one.Life is > 25 and < 50));

        Assert.True(late < early, $"{late:F1} cycles late, {early:F1} before");
    }

    [Fact]
    public void Told_life_rests_on_nothing_after_the_cut()
    {
        RemainingLife withFuture = Model.Value.PredictAt(Others[0], [50])[0];
        RemainingLife without = Model.Value.Predict(Others[0].Cut(50));

        Assert.Equal(without.Mean, withFuture.Mean);
        Assert.Equal(without.Quantile(0.05), withFuture.Quantile(0.05));
    }

    [Fact]
    public void Quantiles_and_probabilities_only_rise_and_stay_within_the_ceiling()
    {
        foreach ((RemainingLife told, _) in Told.Value)
        {
            double[] quantiles = [.. new[] { 0, 0.05, 0.1, 0.5, 0.9, 0.95, 1 }.Select(told.Quantile)];
            double[] probabilities = [.. Enumerable.Range(0, 61).Select(horizon => told.ProbabilityWithin(horizon))];

            Assert.Equal(quantiles.Order(), quantiles);
            Assert.Equal(probabilities.Order(), probabilities);
            Assert.InRange(quantiles[0], 0, 60);
            Assert.InRange(quantiles[^1], 0, 60);
            Assert.InRange(probabilities[^1], 1 - 1e-9, 1 + 1e-9);
        }
    }

    [Fact]
    public void Signals_in_other_units_give_the_same_lives()
    {
        // Powers of two, so that no digit is rounded: then nothing at all may change.
        static MachineRun InOtherUnits(MachineRun run) =>
            new(run.Unit, [.. run.Cycles.Select(cycle => new[] { cycle[0] / 1024, 4 * cycle[1], cycle[2] / 64, cycle[3] })]);

        RemainingLifeModel model = RemainingLifeModel.Fit([.. Past.Select(InOtherUnits)], Wearing.Quick);

        Assert.All(Others, run => Assert.Equal(Model.Value.Predict(run.Cut(60)).Mean, model.Predict(InOtherUnits(run.Cut(60))).Mean, 9));
    }

    [Fact]
    public void Signals_with_another_zero_give_lives_no_further_apart_than_another_seed_does()
    {
        static MachineRun InFahrenheit(MachineRun run) =>
            new(run.Unit, [.. run.Cycles.Select(cycle => new[] { (1.8 * cycle[0]) + 32, cycle[1], cycle[2], cycle[3] })]);

        // Rounding may put a value on the other side of a threshold; nothing more.
        RemainingLifeModel shifted = RemainingLifeModel.Fit([.. Past.Select(InFahrenheit)], Wearing.Quick);
        RemainingLifeModel reseeded = RemainingLifeModel.Fit(Past, Wearing.Quick with { Trees = Wearing.Quick.Trees with { Seed = 5 } });

        double apart = Others.Average(run => Math.Abs(shifted.Predict(InFahrenheit(run.Cut(60))).Mean - Model.Value.Predict(run.Cut(60)).Mean));
        double bySeed = Others.Average(run => Math.Abs(reseeded.Predict(run.Cut(60)).Mean - Model.Value.Predict(run.Cut(60)).Mean));

        Assert.True(apart <= bySeed, $"{apart:F3} cycles apart, {bySeed:F3} by another seed");
    }

    [Fact]
    public void Same_runs_give_the_same_model()
    {
        RemainingLifeModel again = RemainingLifeModel.Fit(Past, Wearing.Quick);

        Assert.All(Others, run => Assert.Equal(Model.Value.Predict(run.Cut(60)).Mean, again.Predict(run.Cut(60)).Mean));
    }

    [Fact]
    public void Too_few_failures_are_refused_with_what_is_needed()
    {
        string? refusal = RemainingLifeModel.Refusal(Past[..9], Wearing.Quick);

        Assert.Contains("9 runs to failure of more than 20 cycles, 10 are needed", refusal, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RemainingLifeModel.Fit(Past[..9], Wearing.Quick));
    }

    [Fact]
    public void Runs_too_short_or_with_other_signals_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Model.Value.Predict(Others[0].Cut(19)));
        Assert.Throws<ArgumentException>(() => Model.Value.Predict(new MachineRun(1, [.. Others[0].Cycles.Select(cycle => cycle[..3])])));
    }
}
