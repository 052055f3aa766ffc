namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Distribution of the errors of a signal's expectations, in usual errors, or of how strange a machine's rows are: as training left it, and of late. While nothing but
/// chance happens the two are alike, which is to say that the share of the training errors below a new one (its p-value) is uniform.
/// Constant memory, unit and offset of the signal do not matter. Not thread-safe.
/// </summary>
public sealed class ErrorShape
{
    /// <summary>Fewest errors of late of which anything is said.</summary>
    public const int Fewest = 500;

    private const int Bins = 50;         // a quarter of a usual error each, from −6 to 6, and one beyond either end
    private const double Width = 0.25;
    private const double Lowest = -6;
    private const double Most = 4000;    // of late; halved then, so that "of late" is two to four thousand
    private const double GroupShare = 0.1;

    private readonly double[] _trained = new double[Bins];
    private readonly double[] _lately = new double[Bins];
    private double _ofTraining;
    private double _ofLate;

    /// <summary>Whether there is a training to compare with, and enough errors on both sides.</summary>
    public bool CanCompare => _ofTraining >= Fewest && _ofLate >= Fewest;

    /// <summary>
    /// Population stability index of the errors of late against those of training, over groups that hold a tenth of the latter
    /// (Siddiqi, Credit Risk Scorecards, 2006, ch. 10: below 0.1 alike, above 0.25 another distribution); null while too little is known.
    /// </summary>
    public double? Drift
    {
        get
        {
            if (!CanCompare)
            {
                return null;
            }

            double drift = 0;
            double trained = 0;
            double lately = 0;
            for (int bin = 0; bin < Bins; bin++)
            {
                trained += _trained[bin];
                lately += _lately[bin];
                if (bin < Bins - 1 && trained < GroupShare * _ofTraining)
                {
                    continue;
                }

                double before = Math.Max(trained / _ofTraining, 1 / _ofTraining);
                double now = Math.Max(lately / _ofLate, 1 / _ofLate);
                drift += (now - before) * Math.Log(now / before);
                trained = lately = 0;
            }

            return drift;
        }
    }

    /// <summary>
    /// Largest distance between the distribution of p-values and the uniform one (the statistic of Kolmogorov and Smirnov), 0 to 1;
    /// null while too little is known.
    /// </summary>
    public double? Distance
    {
        get
        {
            if (!CanCompare)
            {
                return null;
            }

            double distance = 0;
            double apart = 0;
            for (int bin = 0; bin < Bins; bin++)
            {
                apart += (_trained[bin] / _ofTraining) - (_lately[bin] / _ofLate);
                distance = Math.Max(distance, Math.Abs(apart));
            }

            return distance;
        }
    }

    /// <summary>Takes an error.</summary>
    /// <param name="errors">In usual errors; finite.</param>
    public void Add(double errors)
    {
        int bin = (int)Math.Clamp(Math.Floor((errors - Lowest) / Width) + 1, 0, Bins - 1);
        _lately[bin]++;
        if (++_ofLate < Most)
        {
            return;
        }

        for (int i = 0; i < Bins; i++)
        {
            _lately[i] /= 2;
        }

        _ofLate /= 2;
    }

    /// <summary>Training ends here: what came of late is what later errors are compared with.</summary>
    public void EndTraining()
    {
        _lately.CopyTo(_trained, 0);
        _ofTraining = _ofLate;
        Array.Clear(_lately);
        _ofLate = 0;
    }

    internal void Save(StateWriter state)
    {
        state.Write(_trained);
        state.Write(_lately);
        state.Write(_ofTraining);
        state.Write(_ofLate);
    }

    internal void Restore(StateReader state)
    {
        state.Read(_trained);
        state.Read(_lately);
        _ofTraining = state.ReadDouble();
        _ofLate = state.ReadDouble();
    }
}
