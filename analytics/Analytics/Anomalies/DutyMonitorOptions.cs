namespace Linewatch.Analytics.Anomalies;

/// <summary>How a <see cref="DutyMonitor"/> judges. An error is the signal's own usual distance from what its duty lets expect.</summary>
public sealed record DutyMonitorOptions
{
    /// <summary>The defaults.</summary>
    public static DutyMonitorOptions Default { get; } = new();

    /// <summary>Shift in usual errors that is let pass for ever: the slack of the cumulative sums. Default 1.5; range 0.25 to 5.</summary>
    public double Slack { get; init; } = 1.5;

    /// <summary>Cumulative sum of what goes beyond the slack at which an alarm is raised, usual errors. Default 15; range 3 to 1,000.</summary>
    public double Limit { get; init; } = 15;

    /// <summary>Readings learned before the first is judged. Default 200; range 60 to 1,000,000.</summary>
    public int LearningReadings { get; init; } = 200;

    /// <summary>Readings closer together are averaged over this event time. Default 1 minute; range 0 to 1 day.</summary>
    public TimeSpan Cadence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Rest after an anomaly ended in which no other is told. Default 2 hours; range 0 to 30 days.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Half the width of the expected band, in usual errors. Default 4; range 1 to 20.</summary>
    public double BandErrors { get; init; } = 4;

    /// <summary>Fewest equal readings in a row that are called frozen. Default 30; range 10 to 1,000,000.</summary>
    public int FrozenReadings { get; init; } = 30;

    /// <summary>Jump from which a lone reading is called a spike, in usual errors. Default 10; range 4 to 100.</summary>
    public double SpikeErrors { get; init; } = 10;

    /// <summary>The values out of range: each as one sentence with name, limits and actual; empty when all is well.</summary>
    public IReadOnlyList<string> Faults()
    {
        List<string> faults = [];
        Check(nameof(Slack), Slack, 0.25, 5);
        Check(nameof(Limit), Limit, 3, 1000);
        Check(nameof(LearningReadings), LearningReadings, 60, 1_000_000);
        Check(nameof(Cadence) + " (s)", Cadence.TotalSeconds, 0, 86_400);
        Check(nameof(Rest) + " (s)", Rest.TotalSeconds, 0, 30 * 86_400);
        Check(nameof(BandErrors), BandErrors, 1, 20);
        Check(nameof(FrozenReadings), FrozenReadings, 10, 1_000_000);
        Check(nameof(SpikeErrors), SpikeErrors, 4, 100);
        return faults;

        void Check(string name, double value, double least, double most)
        {
            if (!(value >= least && value <= most))
            {
                faults.Add(FormattableString.Invariant($"{name} is {value}; allowed is {least} to {most}"));
            }
        }
    }
}
