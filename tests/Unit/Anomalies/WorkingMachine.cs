using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>
/// A machine that runs and stands for random stretches, makes three products in turn, and has one signal that follows with a
/// lag: a reading a minute. The same seed gives the same life.
/// </summary>
internal sealed class WorkingMachine(int seed)
{
    /// <summary>Seconds of the signal's lag.</summary>
    public double Lag { get; init; } = 5;

    public double Idle { get; init; }

    public double Running { get; init; } = 20;

    public double Noise { get; init; } = 1;

    /// <summary>Amplitude of the day in the signal.</summary>
    public double DayWave { get; init; }

    /// <summary>Difference of the level from one product to the next.</summary>
    public double ProductStep { get; init; }

    /// <summary>Whether it makes one product with three programmes instead.</summary>
    public bool ByProgramme { get; init; }

    /// <summary>Shift and additional noise while running, in units of the noise, by the day.</summary>
    public Func<double, (double Shift, double MoreNoise)> Fault { get; init; } = _ => (0, 0);

    /// <summary>Day from which the value no longer moves.</summary>
    public double FrozenFrom { get; init; } = double.PositiveInfinity;

    /// <summary>Turns the value into the unit published.</summary>
    public Func<double, double> Unit { get; init; } = value => value;

    /// <summary>The verdicts on the signal, one a minute.</summary>
    /// <param name="monitor">Watches.</param>
    /// <param name="days">How long.</param>
    /// <param name="exchange">Asked before each minute: what to go on with, or null.</param>
    public List<SignalVerdict> Watch(DutyMonitor monitor, double days, Func<int, MachineDuty, (MachineDuty, DutyMonitor)?>? exchange = null)
    {
#pragma warning disable CA5394 // test data, not secrets
        Random random = new(seed);
        double[] noise = Series.Noise(seed, (int)(days * 1440));
        List<SignalVerdict> verdicts = [];
        MachineDuty duty = new();
        double value = Idle;
        double frozen = double.NaN;
        bool runs = false;
        int product = 0;
        int until = 0;
        int ranSince = 0;
        for (int minute = 0; minute < noise.Length; minute++)
        {
            DateTime at = Series.Start.AddMinutes(minute);
            if (minute >= until || minute == 8 * 1440)
            {
                // Every day 8 begins with a pause, so that something can be repaired in it.
                runs = !runs && minute != 8 * 1440;
                until = minute + (runs ? random.Next(20, 240) : minute == 8 * 1440 ? 30 : random.Next(1, 45));
                ranSince = minute;
                product = runs && random.Next(4) == 0 ? (product + 1) % 3 : product;
                duty.Follow(at, ByProgramme ? "p" : "p" + product, ByProgramme ? "g" + product : "", runs, runs ? 1 : 0);
            }

            if (exchange?.Invoke(minute, duty) is { } other)
            {
                (duty, monitor) = other;
            }

            double day = minute / 1440.0;
            (double shift, double moreNoise) = Fault(day);
            double target = runs ? Running + (ProductStep * product) : Idle;
            double shown = value + (DayWave * Math.Sin(2 * Math.PI * day))
                + (Noise * ((noise[minute] * (runs ? 1 + moreNoise : 0.1)) + (runs ? shift : 0)));
            frozen = day >= FrozenFrom && double.IsNaN(frozen) ? shown : frozen;
            Activity activity = !runs ? Activity.Stopped : minute - ranSince < 2 ? Activity.StartingUp : Activity.Producing;
            verdicts.Add(monitor.Observe(at.AddSeconds(1), Unit(double.IsNaN(frozen) ? shown : frozen), new SignalContext(activity, "p" + product, Duty: duty)));
            value = target + ((value - target) * Math.Exp(-60 / Lag));
        }

        return verdicts;
#pragma warning restore CA5394
    }
}
