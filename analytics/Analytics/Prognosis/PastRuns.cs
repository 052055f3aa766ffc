namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Tells a life by past runs to failure of the same kind of component (similarity, after Wang et al., PHM 2008): its wear is laid over
/// each of them at every time left, and what was left where they agree is what is left now. Pure and deterministic.
/// </summary>
public static class PastRuns
{
    /// <summary>With fewer runs a band would be made of too few lives.</summary>
    public const int Fewest = 3;

    /// <summary>Points of a run that are compared, at most.</summary>
    private const int Points = 40;

    private const int FewestCompared = 5;

    /// <summary>Neighbouring points tell nearly the same: the comparison counts this much of what independent ones would.</summary>
    private const double Trust = 0.15;

    /// <summary>Two components wear not quite alike: this share of the way to the limit is no difference.</summary>
    private const double Likeness = 0.05;

    /// <summary>A mean square beyond this many times what is no difference is like no past run.</summary>
    private const double Strange = 9;

    /// <summary>Hours left that are undercut with 5, 50 and 95 %; null where the runs are too few or none looks alike.</summary>
    /// <param name="samples">The wear so far, by event time in hours from any origin, ascending; from when it set in.</param>
    /// <param name="runs">Past runs, each by hours before its failure (negative, ascending).</param>
    /// <param name="limit">The level that demands maintenance, in the unit of the values.</param>
    public static (double Early, double Middle, double Late)? Judge(ReadOnlySpan<WearSample> samples, IReadOnlyList<IReadOnlyList<WearSample>> runs, double limit)
    {
        WearSample[][] past = [.. runs.Where(run => run.Count >= FewestCompared).Select(run => Thin([.. run]))];
        if (past.Length < Fewest || samples.Length < FewestCompared)
        {
            return null;
        }

        WearSample[] now = Thin(samples.ToArray());
        double way = past.Average(run => Math.Abs(limit - run[0].Value));
        double same = Math.Max(Likeness * way, Noise(now)) is > 0 and var scale ? scale * scale : 1e-12;
        List<(double Left, double Square, int Compared)> candidates = [.. past.SelectMany(run => run.Select(point => Compare(now, run, -point.Hours))).OfType<(double, double, int)>()];
        if (candidates.Count == 0 || candidates.Min(candidate => candidate.Square) > Strange * same)
        {
            return null;
        }

        (double Left, double Weight)[] weighed = [.. candidates
            .Select(candidate => (candidate.Left, Math.Exp(-0.5 * Trust * candidate.Compared * candidate.Square / same)))
            .OrderBy(candidate => candidate.Left)];
        return (Quantile(weighed, 0.05), Quantile(weighed, 0.5), Quantile(weighed, 0.95));
    }

    /// <summary>Mean square between the wear now and a run with so many hours left; null where they hardly overlap.</summary>
    private static (double Left, double Square, int Compared)? Compare(WearSample[] now, WearSample[] run, double left)
    {
        double sum = 0;
        int compared = 0;
        foreach (WearSample sample in now)
        {
            double at = sample.Hours - now[^1].Hours - left;
            if (at >= run[0].Hours)
            {
                double apart = sample.Value - At(run, at);
                sum += apart * apart;
                compared++;
            }
        }

        return compared < FewestCompared ? null : (left, sum / compared, compared);
    }

    /// <summary>The run's value at an hour within it, between its points in proportion.</summary>
    private static double At(WearSample[] run, double hours)
    {
        int next = Array.FindIndex(run, point => point.Hours >= hours);
        if (next <= 0)
        {
            return next < 0 ? run[^1].Value : run[0].Value;
        }

        (WearSample before, WearSample after) = (run[next - 1], run[next]);
        double share = after.Hours > before.Hours ? (hours - before.Hours) / (after.Hours - before.Hours) : 1;
        return before.Value + (share * (after.Value - before.Value));
    }

    /// <summary>Standard deviation of the points around their neighbours' middle.</summary>
    private static double Noise(WearSample[] points)
    {
        double sum = 0;
        for (int i = 1; i < points.Length - 1; i++)
        {
            double apart = points[i].Value - ((points[i - 1].Value + points[i + 1].Value) / 2);
            sum += apart * apart / 1.5;
        }

        return points.Length < 3 ? 0 : Math.Sqrt(sum / (points.Length - 2));
    }

    private static WearSample[] Thin(WearSample[] samples) => samples.Length <= Points
        ? samples
        : [.. samples.Chunk((int)Math.Ceiling(samples.Length / (double)Points)).Select(part => new WearSample(part.Average(sample => sample.Hours), part.Average(sample => sample.Value)))];

    private static double Quantile((double Left, double Weight)[] ascending, double share)
    {
        double wanted = share * ascending.Sum(candidate => candidate.Weight);
        foreach ((double left, double weight) in ascending)
        {
            wanted -= weight;
            if (wanted <= 0)
            {
                return left;
            }
        }

        return ascending[^1].Left;
    }
}
