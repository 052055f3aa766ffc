namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Learns from runs to failure how many cycles a machine has left: boosted trees on features of the whole run, among them
/// what similar past lives had left; given a band by their errors on machines they had not learned from.
/// Deterministic; thread-safe once fitted.
/// </summary>
public sealed class RemainingLifeModel
{
    private readonly RemainingLifeSettings _settings;
    private readonly Learner _learner;
    private readonly LifeCalibration _calibration;
    private readonly int _signals;

    private RemainingLifeModel(RemainingLifeSettings settings, Learner learner, LifeCalibration calibration, int signals)
    {
        _settings = settings;
        _learner = learner;
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
        List<(int Unit, double Predicted, double Life)> cases = [];
        for (int fold = 0; fold < settings.Folds; fold++)
        {
            Learner others = new([.. learned.Where((_, i) => i % settings.Folds != fold)], settings);
            foreach (MachineRun run in learned.Where((_, i) => i % settings.Folds == fold))
            {
                int[] cuts = Cuts(run, settings, 0);
                double[][] rows = others.Features.At(run, cuts, except: -1);
                for (int i = 0; i < cuts.Length; i++)
                {
                    cases.Add((run.Unit, others.Predict(rows[i]), Math.Min(run.Cycles.Count - cuts[i], settings.Ceiling)));
                }
            }

            progress?.Report($"fold {fold + 1} of {settings.Folds}: predicted {cases.Count} cuts of machines not learned from");
        }

        Learner all = new(learned, settings);
        progress?.Report($"learned from all {learned.Length} runs");
        return new RemainingLifeModel(settings, all, new LifeCalibration(cases, settings.Ceiling), learned[0].Cycles[0].Length);
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

        return [.. _learner.Features.At(run, cuts, except: -1)
            .Select(row => _calibration.Around(_learner.Predict(row)))];
    }

    private static int[] Cuts(MachineRun run, RemainingLifeSettings settings, int offset) =>
    [
        .. Enumerable.Range(0, run.Cycles.Count)
            .Select(i => settings.ShortestRun + offset + (i * settings.Stride))
            .TakeWhile(cut => cut <= run.Cycles.Count),
    ];

    /// <summary>The trees fitted to a set of runs.</summary>
    private sealed class Learner
    {
        private readonly BoostedTrees[] _trees;

        public Learner(IReadOnlyList<MachineRun> runs, RemainingLifeSettings settings)
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
        }

        public RunFeatures Features { get; }

        public double Predict(double[] row) => _trees.Average(trees => trees.Predict(row));
    }
}
