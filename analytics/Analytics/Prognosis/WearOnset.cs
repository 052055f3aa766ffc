namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// When wear set in: two-phase regression (Hudson 1966), a constant followed by a straight line from it, by least squares over
/// every possible joint. A part that was sound for twelve days and has been wearing for two would otherwise be fitted by the twelve.
/// </summary>
internal static class WearOnset
{
    /// <summary>The two phases stand only where they leave less than this of what a single straight line leaves …</summary>
    private const double OfLine = 0.7;

    /// <summary>… and less than this of what no change at all leaves, so that a daily swing is no onset.</summary>
    private const double OfConstant = 0.5;

    private const int FewestBehind = 3;

    /// <summary>The joint and the level before it; null where the values have no two phases with the second towards the limit.</summary>
    /// <param name="hours">Ascending.</param>
    /// <param name="values">As many.</param>
    /// <param name="rising">Whether wear raises the value.</param>
    public static (double Hours, double Level)? Find(double[] hours, double[] values, bool rising)
    {
        (_, double flat, _) = Fit(hours, values, hours.Length - 1);
        (_, double line, _) = Fit(hours, values, 0);
        (double Hours, double Level)? best = null;
        double least = Math.Min(OfLine * line, OfConstant * flat);
        for (int joint = 1; joint < hours.Length - FewestBehind; joint++)
        {
            (double level, double left, double slope) = Fit(hours, values, joint);
            if (left < least && slope > 0 == rising)
            {
                (least, best) = (left, (hours[joint], level));
            }
        }

        return best;
    }

    /// <summary>Level before the joint, sum of squares left, and slope behind it.</summary>
    private static (double Level, double Left, double Slope) Fit(double[] hours, double[] values, int joint)
    {
        double sumX = 0, sumY = 0, sumXX = 0, sumXY = 0, sumYY = 0;
        for (int i = 0; i < hours.Length; i++)
        {
            double x = Math.Max(0, hours[i] - hours[joint]);
            sumX += x;
            sumY += values[i];
            sumXX += x * x;
            sumXY += x * values[i];
        }

        double count = hours.Length;
        double meanY = sumY / count;
        for (int i = 0; i < hours.Length; i++)
        {
            sumYY += (values[i] - meanY) * (values[i] - meanY);
        }

        double spread = sumXX - (sumX * sumX / count);
        double slope = spread > 0 ? (sumXY - (sumX * meanY)) / spread : 0;
        return (meanY - (slope * sumX / count), Math.Max(0, sumYY - (slope * slope * spread)), slope);
    }
}
