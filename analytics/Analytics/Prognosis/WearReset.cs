using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Where a worn component became as good as new though nobody said so: its signal stepped back from towards the limit and stayed back.
/// The median before is compared with what nearly all that follows stays below, so that single wild readings and the hours in which a machine
/// warms up are no step. Pure.
/// </summary>
/// <param name="Index">Index of the first sample of the new component.</param>
/// <param name="Hours">Its hour, from the origin of the samples.</param>
/// <param name="From">Level before, in the unit of the signal.</param>
/// <param name="To">Level after.</param>
public sealed record WearReset(int Index, double Hours, double From, double To)
{
    /// <summary>Samples on either side: quarters of an hour give four hours of running.</summary>
    private const int Beside = 16;

    /// <summary>The step is at least this share of the way from the best level to the limit …</summary>
    private const double LeastWay = 0.4;

    /// <summary>… and this many times as large as the samples scatter around the medians.</summary>
    private const double LeastScatters = 4;

    private const double BestShare = 0.05;

    /// <summary>This share of what follows must have stayed back.</summary>
    private const double StayShare = 0.9;

    /// <summary>The last step back, or null.</summary>
    /// <param name="samples">Values by event time in hours from any origin, ascending; taken while the machine was running.</param>
    /// <param name="limit">The value that demands maintenance, in the unit of the values.</param>
    /// <param name="rising">Whether wear raises the value.</param>
    public static WearReset? FindLast(ReadOnlySpan<WearSample> samples, double limit, bool rising)
    {
        double[] values = Array.ConvertAll(samples.ToArray(), sample => rising ? sample.Value : -sample.Value);
        if (values.Length < 2 * Beside)
        {
            return null;
        }

        double worn = rising ? limit : -limit;
        double best = values.Quantile(BestShare);
        int joint = -1;
        double largest = 0;
        for (int i = values.Length - Beside; i >= Beside && (joint < 0 || joint - i < Beside); i--)
        {
            double[] before = values[(i - Beside)..i];
            double[] after = values[i..(i + Beside)];
            double level = after.Quantile(StayShare);
            double step = before.Median() - level;
            double way = worn - Math.Min(best, level);
            if (level < worn && step > largest && step >= LeastWay * way && step >= LeastScatters * Math.Max(RobustSpread.Of(before), RobustSpread.Of(after)))
            {
                (joint, largest) = (i, step);
            }
        }

        return joint < 0 ? null : At(samples, values, joint, rising);
    }

    /// <summary>The medians are alike for joints next to each other; the new component begins behind the sample that was nearer the old level.</summary>
    private static WearReset At(ReadOnlySpan<WearSample> samples, double[] values, int joint, bool rising)
    {
        double from = values[(joint - Beside)..joint].Median();
        double to = values[joint..(joint + Beside)].Median();
        double middle = (from + to) / 2;
        int first = joint - (Beside / 2);
        for (int i = first; i < joint + (Beside / 2); i++)
        {
            first = values[i] > middle ? i + 1 : first;
        }

        return new WearReset(first, samples[first].Hours, rising ? from : -from, rising ? to : -to);
    }
}
