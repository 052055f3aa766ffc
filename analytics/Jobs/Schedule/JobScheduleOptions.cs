using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Schedule;

/// <summary>How jobs are run; section <c>Jobs</c>.</summary>
public sealed class JobScheduleOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Jobs";

    /// <summary>Jobs that one node runs at the same time. Default 2; 1–32.</summary>
    [Range(1, 32)]
    public int AtOnce { get; set; } = 2;

    /// <summary>
    /// On PostgreSQL: how often a node says that it is alive. Another takes over its jobs after about two of these.
    /// Default 5 s; 1 s – 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CheckIn { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Checks <see cref="JobScheduleOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class JobScheduleOptionsValidator : IValidateOptions<JobScheduleOptions>;
