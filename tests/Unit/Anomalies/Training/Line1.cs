using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Jobs;

namespace Linewatch.Tests.Unit.Anomalies.Training;

/// <summary>The filler of <see cref="WearPlant"/>: it runs for six hours and stands for a quarter, its vibration is read once a minute.</summary>
internal static class Line1
{
    public static readonly CurrentPlant Plant = WearPlant.Create();

    public static Line Line => Plant.Value.Lines[0];

    public static Machine Filler => Line.Machines[0];

    /// <summary>Its readings.</summary>
    /// <param name="from">Begin.</param>
    /// <param name="days">How long.</param>
    /// <param name="seed">Of the noise.</param>
    /// <param name="shift">Added while running, in units of the noise, by the day.</param>
    public static List<Reading> Readings(DateTime from, double days, int seed = 1, Func<double, double>? shift = null)
    {
        List<Reading> readings = [];
        double[] noise = Series.Noise(seed, (int)(days * 1440));
        bool? ran = null;
        for (int minute = 0; minute < noise.Length; minute++)
        {
            DateTime at = from.AddMinutes(minute);
            bool runs = minute % 375 < 360;
            if (runs != ran)
            {
                readings.Add(new Reading(WearPlant.State, at, runs ? 6 : 2));
                ran = runs;
            }

            double moved = shift?.Invoke(minute / 1440.0) ?? 0;
            readings.Add(new Reading(WearPlant.Vibration, at.AddSeconds(1), runs ? 2 + (0.05 * (noise[minute] + moved)) : 0.1 + (0.01 * noise[minute])));
        }

        return readings;
    }
}
