namespace Linewatch.Analytics.Spc;

/// <summary>
/// Pasteurisation units of beer: PU = ∫ 1.393^(T − 60 °C) dt, t in minutes; 1 PU is one minute at 60 °C. The rate between two
/// readings is taken as their mean. A stopped pasteuriser keeps adding. Not thread-safe.
/// </summary>
public sealed class PasteurisationUnits
{
    private const double Base = 1.393;
    private const double Reference = 60;
    private DateTime? _last;
    private double _lastRate;

    /// <summary>Units gathered so far.</summary>
    public double Total { get; private set; }

    /// <summary>Units per minute at a product temperature in °C.</summary>
    public static double PerMinute(double temperature) => Math.Pow(Base, temperature - Reference);

    /// <summary>Takes a temperature in °C; readings come in order of event time.</summary>
    /// <exception cref="ArgumentException">The reading is older than the one before.</exception>
    public void Add(DateTime eventTime, double temperature)
    {
        double rate = PerMinute(temperature);
        if (_last is { } last)
        {
            if (eventTime < last)
            {
                throw new ArgumentException($"the reading of {eventTime:O} is older than the one of {last:O}", nameof(eventTime));
            }

            Total += (rate + _lastRate) / 2 * (eventTime - last).TotalMinutes;
        }

        (_last, _lastRate) = (eventTime, rate);
    }
}
