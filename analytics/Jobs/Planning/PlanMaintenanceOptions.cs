using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Planning;

/// <summary>How maintenance is planned; section <c>Jobs:PlanMaintenance</c>.</summary>
public sealed class PlanMaintenanceOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Jobs:PlanMaintenance";

    /// <summary>When it runs: Quartz cron expression, seconds first, in the plant's time zone. Default every 10 minutes from minute 2.</summary>
    [Required]
    public string Cron { get; set; } = "0 2/10 * * * ?";

    /// <summary>How far the plan looks. Default 28 days; 1–120 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "120.00:00:00")]
    public TimeSpan Horizon { get; set; } = TimeSpan.FromDays(28);

    /// <summary>How long before its start a job is planned at the latest; the plan begins at the next full hour after it. Default 1 h; 0–7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan Notice { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// A job stays in the stop of the last plan unless another saves more than this share of its planned cost: forecasts waver from hour to hour, and
    /// people look at the plan. Jobs that people scheduled never move. Default 0.2; 0–10.
    /// </summary>
    [Range(0.0, 10.0)]
    public double MoveCostShare { get; set; } = 0.2;
}

/// <summary>Checks <see cref="PlanMaintenanceOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class PlanMaintenanceOptionsValidator : IValidateOptions<PlanMaintenanceOptions>;
