namespace Linewatch.Analytics.Prognosis;

/// <summary>The Mann–Kendall test for a monotonic trend (Mann 1945, Kendall 1975), with the correction for ties.</summary>
internal static class MannKendall
{
    /// <summary>The test statistic; positive = rising; standard normal where independent values have no trend. 0 for fewer than 3.</summary>
    public static double Z(ReadOnlySpan<double> values)
    {
        int n = values.Length;
        if (n < 3)
        {
            return 0;
        }

        long s = 0;
        Dictionary<double, int> ties = [];
        for (int i = 0; i < n; i++)
        {
            ties[values[i]] = ties.GetValueOrDefault(values[i]) + 1;
            for (int j = i + 1; j < n; j++)
            {
                s += Math.Sign(values[j] - values[i]);
            }
        }

        double variance = n * (n - 1.0) * ((2.0 * n) + 5);
        foreach (int tied in ties.Values)
        {
            variance -= tied * (tied - 1.0) * ((2.0 * tied) + 5);
        }

        return variance <= 0 ? 0 : (s - Math.Sign(s)) / Math.Sqrt(variance / 18);
    }
}
