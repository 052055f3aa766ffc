using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Forecasting;

/// <summary>How wear is forecast; section <c>Jobs:ForecastWear</c>.</summary>
public sealed class ForecastWearOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Jobs:ForecastWear";

    /// <summary>When it runs: Quartz cron expression, seconds first, in the plant's time zone. Default every hour at minute 5.</summary>
    [Required]
    public string Cron { get; set; } = "0 5 * * * ?";

    /// <summary>How far back readings are used. Default 14 days; 1–366 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan History { get; set; } = TimeSpan.FromDays(14);

    /// <summary>One sample is the mean of this long. Default 15 min; 1 min – 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Least time between first and last sample. Default 12 h; 1 h – 60 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "60.00:00:00")]
    public TimeSpan ShortestSpan { get; set; } = TimeSpan.FromHours(12);

    /// <summary>A component with less than this share of its way to the limit left is told as an alert by the rule <c>health</c>; 0 = never. Default 0.15; 0–0.9.</summary>
    [Range(0, 0.9)]
    public double HealthAlertBelow { get; set; } = 0.15;

    /// <summary>A crossing further away than this makes no proposal. Default 45 days; 1–366 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan Horizon { get; set; } = TimeSpan.FromDays(45);
}

/// <summary>Checks <see cref="ForecastWearOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class ForecastWearOptionsValidator : IValidateOptions<ForecastWearOptions>;
