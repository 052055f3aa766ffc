using System.Globalization;

namespace Linewatch.Tests.Benchmarks.Prognosis;

/// <summary>How far a figure would move with another sample of machines or rows.</summary>
internal static class Bootstrap
{
    private const int Resamples = 1000;

    /// <summary>Prints a figure over all groups, and the 5 % and 95 % points of it over resampled groups.</summary>
    public static void Print<TGroup>(string what, IReadOnlyList<TGroup> groups, Func<IReadOnlyList<TGroup>, Random, double> figure, string target)
    {
#pragma warning disable CA5394 // resampling, not security
        Random random = new(1);
        double[] values = new double[Resamples];
        double[] centre = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            TGroup[] drawn = new TGroup[groups.Count];
            for (int g = 0; g < drawn.Length; g++)
            {
                drawn[g] = groups[random.Next(groups.Count)];
            }

            values[i] = figure(drawn, random);
            centre[i] = figure(groups, random);
        }
#pragma warning restore CA5394

        Array.Sort(values);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-44} {centre.Average(),9:F4}   [{values[Resamples / 20],9:F4}, {values[Resamples - (Resamples / 20) - 1],9:F4}]   target {target}"));
    }
}
