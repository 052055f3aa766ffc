namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// What is known of a run at a cut, as numbers a learner takes: its age; means, slopes and drift from the first cycles of
/// the wear figure and of every signal, over short stretches and over the whole run; what similar past lives had left.
/// </summary>
internal sealed class RunFeatures
{
    private const int FirstCycles = 20;

    private readonly WearFusion _fusion;
    private readonly TrajectorySimilarity _similarity;

    /// <param name="runs">Runs to failure to learn from.</param>
    /// <param name="ceiling">Life, in cycles, beyond which wear does not show.</param>
    public RunFeatures(IReadOnlyList<MachineRun> runs, int ceiling)
    {
        _fusion = WearFusion.Fit(runs, ceiling);
        _similarity = new TrajectorySimilarity([.. runs.Select(Wear)], ceiling);
    }

    /// <summary>The features of a run at each cut; nothing after a cut is looked at for it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cuts">Numbers of cycles seen, each from 1 to the run's length.</param>
    /// <param name="except">Number of the past run that is this very run, or −1.</param>
    public double[][] At(MachineRun run, IReadOnlyList<int> cuts, int except)
    {
        RunSeries wear = new(Wear(run));
        RunSeries[] signals = [.. _fusion.Standardised(run.Cycles).Select(values => new RunSeries(values))];
        double[][] rows = new double[cuts.Count][];
        Parallel.For(0, rows.Length, i =>
        {
            List<double> features = [cuts[i]];
            AddStretches(wear, cuts[i], features);
            AddTrend(wear, cuts[i], features);
            foreach (RunSeries signal in signals)
            {
                AddStretches(signal, cuts[i], features);
            }

            SimilarLives similar = _similarity.Judge(wear.Values.AsSpan(0, cuts[i]), except);
            features.AddRange([similar.Mean, similar.Unclipped, similar.Deviation, similar.Strangeness]);
            rows[i] = [.. features];
        });
        return rows;
    }

    private double[] Wear(MachineRun run) => [.. run.Cycles.Select(_fusion.Of)];

    /// <summary>Level now, over the whole run and at its beginning; drift; slope now and over the whole run.</summary>
    private static void AddStretches(RunSeries series, int n, List<double> features)
    {
        double first = series.Mean(0, Math.Min(n, FirstCycles));
        double now = series.Mean(Before(n, 10), n);
        features.AddRange(
        [
            now, series.Mean(Before(n, 30), n), series.Mean(0, n), first, now - first,
            series.Slope(Before(n, 30), n), series.Slope(0, n),
        ]);
    }

    /// <summary>More of how it came to the level it has now.</summary>
    private static void AddTrend(RunSeries series, int n, List<double> features)
    {
        double first = series.Mean(0, Math.Min(n, FirstCycles));
        double now = series.Mean(Before(n, 10), n);
        double longAgo = n > 60 ? series.Mean(Before(n, 90), n - 60) : first;
        features.AddRange(
        [
            series.Mean(Before(n, 5), n), series.Mean(Before(n, 20), n), series.Mean(Before(n, 50), n),
            series.Ewma(n, 0.05), series.Ewma(n, 0.1), series.Ewma(n, 0.2),
            now - series.Mean(0, n), now - series.Mean(Before(n, 30), n), longAgo, now - longAgo,
            series.Slope(Before(n, 15), n), series.Slope(Before(n, 60), n), series.Slope(Before(n, 100), n),
            n > 1 ? series.Mean(n / 2, n) - series.Mean(0, n / 2) : 0,
            n > 30 ? series.Mean(n - 30, n - 20) : first, n > 50 ? series.Mean(n - 50, n - 40) : first,
        ]);
    }

    private static int Before(int n, int cycles) => Math.Max(0, n - cycles);
}
