using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Training;

/// <summary>How and when detectors are trained; section <c>Jobs:TrainDetectors</c>.</summary>
public sealed class TrainDetectorsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Jobs:TrainDetectors";

    /// <summary>When it looks for machines that are due: Quartz cron expression, seconds first, in the plant's time zone. Default every hour at minute 40.</summary>
    [Required]
    public string Cron { get; set; } = "0 40 * * * ?";

    /// <summary>How far back readings are used. Default 30 days; 1–366 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan History { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The newest readings, held back to see how the trained model does; at most a third of what there is. Default 3 days; 6 h – 60 days.</summary>
    [Range(typeof(TimeSpan), "06:00:00", "60.00:00:00")]
    public TimeSpan HeldBack { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Shortest history that is worth a training. Default 2 days; 12 h – 60 days.</summary>
    [Range(typeof(TimeSpan), "12:00:00", "60.00:00:00")]
    public TimeSpan ShortestHistory { get; set; } = TimeSpan.FromDays(2);

    /// <summary>A machine is trained again so long after its last training. Default 7 days; 1 h – 366 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "366.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A machine is trained again so long after work on it was done, to have readings of it. Default 1 day; 1 h – 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan AfterWork { get; set; } = TimeSpan.FromDays(1);

    /// <summary>False alarms a machine-week that are accepted of a new model whatever the one in use does. Default 1; 0–100.</summary>
    [Range(0.0, 100.0)]
    public double MostFalseAlarms { get; set; } = 1;

    /// <summary>Population stability index from which a score distribution counts as another. Default 0.25; 0.05–10.</summary>
    [Range(0.05, 10.0)]
    public double MostDrift { get; set; } = 0.25;

    /// <summary>Models kept of a machine, besides the one in use. Default 10; 2–100.</summary>
    [Range(2, 100)]
    public int Kept { get; set; } = 10;
}

/// <summary>Checks <see cref="TrainDetectorsOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class TrainDetectorsOptionsValidator : IValidateOptions<TrainDetectorsOptions>;
