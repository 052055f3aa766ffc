namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Learns from runs to failure how many cycles a machine has left: boosted trees and kernel regression on features of the
/// whole run, among them what similar past lives had left; blended and given a band by their errors on machines
/// they had not learned from. Deterministic; thread-safe once fitted.
/// </summary>
public sealed class RemainingLifeModel
{
    private readonly RemainingLifeSettings _settings;
    private readonly Learners _learners;
    private readonly double _treeShare;
    private readonly LifeCalibration _calibration;
    private readonly int _signals;

    private RemainingLifeModel(RemainingLifeSettings settings, Learners learners, double treeShare, LifeCalibration calibration, int signals)
    {
        _settings = settings;
        _learners = learners;
        _treeShare = treeShare;
        _calibration = calibration;
        _signals = signals;
    }

    /// <summary>Why nothing can be learned from these runs; null when it can.</summary>
    public static string? Refusal(IReadOnlyList<MachineRun> runs, RemainingLifeSettings settings)
    {
        int longEnough = runs.Count(run => run.Cycles.Count > settings.ShortestRun);
        return longEnough < settings.FewestRuns
            ? $"{longEnough} runs to failure of more than {settings.ShortestRun} cycles, {settings.FewestRuns} are needed: no remaining life is told; the age-based probability of failure (Weibull) needs two failures"
            : null;
    }

    /// <summary>Learns.</summary>
    /// <param name="runs">Runs whose last cycle is the failure.</param>
    /// <param name="settings">How.</param>
    /// <param name="progress">Told what is done, in words.</param>
    /// <exception cref="ArgumentException">There is a <see cref="Refusal"/>.</exception>
    public static RemainingLifeModel Fit(IReadOnlyList<MachineRun> runs, RemainingLifeSettings settings, IProgress<string>? progress = null)
    {
        if (Refusal(runs, settings) is { } refusal)
        {
            throw new ArgumentException(refusal, nameof(runs));
        }

        MachineRun[] learned = [.. runs.Where(run => run.Cycles.Count > settings.ShortestRun)];
        List<(int Unit, double Trees, double Kernel, double Life)> cases = [];
        for (int fold = 0; fold < settings.Folds; fold++)
        {
            Learners others = new([.. learned.Where((_, i) => i % settings.Folds != fold)], settings);
            foreach (MachineRun run in learned.Where((_, i) => i % settings.Folds == fold))
            {
                int[] cuts = Cuts(run, settings, 0);
                double[][] rows = others.Features.At(run, cuts, except: -1);
                for (int i = 0; i < cuts.Length; i++)
                {
                    cases.Add((run.Unit, others.Trees(rows[i]), others.Kernel(rows[i]), Math.Min(run.Cycles.Count - cuts[i], settings.Ceiling)));
                }
            }

            progress?.Report($"fold {fold + 1} of {settings.Folds}: predicted {cases.Count} cuts of machines not learned from");
        }

        double treeShare = BestShare(cases);
        LifeCalibration calibration = new(
            [.. cases.Select(one => (one.Unit, Blend(treeShare, one.Trees, one.Kernel), one.Life))], settings.Ceiling);
        Learners all = new(learned, settings);
        progress?.Report($"learned from all {learned.Length} runs; trees count {treeShare:P0}");
        return new RemainingLifeModel(settings, all, treeShare, calibration, learned[0].Cycles[0].Length);
    }

    /// <summary>The remaining life after the run's last cycle.</summary>
    /// <exception cref="ArgumentException">The run is too short or has other signals than those learned from.</exception>
    public RemainingLife Predict(MachineRun run) => PredictAt(run, [run.Cycles.Count])[0];

    /// <summary>The remaining life after each of several numbers of cycles, each told from what was known by then.</summary>
    /// <exception cref="ArgumentException">A cut is too short or the run has other signals than those learned from.</exception>
    public RemainingLife[] PredictAt(MachineRun run, IReadOnlyList<int> cuts)
    {
        if (run.Cycles.Count == 0 || run.Cycles[0].Length != _signals)
        {
            throw new ArgumentException($"Unit {run.Unit} must have cycles of {_signals} signals, as those learned from.", nameof(run));
        }

        if (cuts.Min() < _settings.ShortestRun)
        {
            throw new ArgumentException($"Unit {run.Unit} has {cuts.Min()} cycles, {_settings.ShortestRun} are needed.", nameof(cuts));
        }

        return [.. _learners.Features.At(run, cuts, except: -1)
            .Select(row => _calibration.Around(Blend(_treeShare, _learners.Trees(row), _learners.Kernel(row))))];
    }

    private static int[] Cuts(MachineRun run, RemainingLifeSettings settings, int offset) =>
    [
        .. Enumerable.Range(0, run.Cycles.Count)
            .Select(i => settings.ShortestRun + offset + (i * settings.Stride))
            .TakeWhile(cut => cut <= run.Cycles.Count),
    ];

    private static double Blend(double treeShare, double trees, double kernel) => (treeShare * trees) + ((1 - treeShare) * kernel);

    /// <summary>The blend with the least squared error: a straight line through the origin, (life − kernel) on (trees − kernel).</summary>
    private static double BestShare(List<(int Unit, double Trees, double Kernel, double Life)> cases)
    {
        double products = 0;
        double squares = 0;
        foreach ((_, double trees, double kernel, double life) in cases)
        {
            products += (life - kernel) * (trees - kernel);
            squares += (trees - kernel) * (trees - kernel);
        }

        return squares > 0 ? Math.Clamp(products / squares, 0, 1) : 0.5;
    }

    /// <summary>The learners fitted to a set of runs.</summary>
    private sealed class Learners
    {
        private const int KernelCentres = 1500;

        private readonly BoostedTrees[] _trees;
        private readonly KernelRegression _kernel;

        public Learners(IReadOnlyList<MachineRun> runs, RemainingLifeSettings settings)
        {
            Features = new RunFeatures(runs, settings.Ceiling);
            List<double[]> rows = [];
            List<double> lives = [];
            for (int run = 0; run < runs.Count; run++)
            {
                int[] cuts = Cuts(runs[run], settings, run % settings.Stride);
                rows.AddRange(Features.At(runs[run], cuts, except: run));
                lives.AddRange(cuts.Select(cut => (double)Math.Min(runs[run].Cycles.Count - cut, settings.Ceiling)));
            }

            double[] targets = [.. lives];
            _trees = [.. Enumerable.Range(0, settings.Ensemble)
                .Select(i => BoostedTrees.FitMean(rows, targets, settings.Trees with { Seed = settings.Trees.Seed + i }))];
            _kernel = new KernelRegression(rows, targets, KernelCentres, settings.Trees.Seed);
        }

        public RunFeatures Features { get; }

        public double Trees(double[] row) => _trees.Average(trees => trees.Predict(row));

        public double Kernel(double[] row) => _kernel.Predict(row);
    }
}
