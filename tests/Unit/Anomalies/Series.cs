using System.Globalization;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>Series of readings for the detectors' tests, a minute apart unless said otherwise.</summary>
internal static class Series
{
    public static DateTime Start { get; } = new(2026, 3, 2, 6, 0, 0, DateTimeKind.Utc);

    /// <summary>Standard normal numbers, the same for the same seed.</summary>
    public static double[] Noise(int seed, int count)
    {
#pragma warning disable CA5394 // test data, not secrets
        Random random = new(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        return values;
#pragma warning restore CA5394
    }

    /// <summary>The verdicts on a series.</summary>
    public static List<SignalVerdict> Verdicts(this SignalMonitor monitor, IEnumerable<double> values, int first = 0)
    {
        List<SignalVerdict> verdicts = [];
        foreach (double value in values)
        {
            verdicts.Add(monitor.Observe(Start.AddMinutes(first++), value, SignalContext.Always));
        }

        return verdicts;
    }

    /// <summary>Times and values of a two-column CSV file.</summary>
    public static List<(DateTime EventTime, double Value)> ReadNab(string path)
    {
        List<(DateTime, double)> rows = [];
        foreach (string line in File.ReadLines(path).Skip(1))
        {
            string[] cells = line.Split(',');
            rows.Add((
                DateTime.Parse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
                double.Parse(cells[1], CultureInfo.InvariantCulture)));
        }

        return rows;
    }
}
