using System.Globalization;
using Linewatch.Analytics.Planning;

namespace Linewatch.Jobs.Planning;

/// <summary>What differs between two plans, a sentence a job.</summary>
internal static class PlanChanges
{
    /// <summary>Jobs that moved, appeared or went.</summary>
    /// <param name="before">The plan before.</param>
    /// <param name="after">The plan now.</param>
    /// <param name="placements">Why the placed ones are where they are.</param>
    /// <param name="zone">Zone that times are shown in.</param>
    public static IEnumerable<string> Between(
        IReadOnlyList<PlannedJob> before, IReadOnlyList<PlannedJob> after, IReadOnlyList<Placement> placements, TimeZoneInfo zone)
    {
        Dictionary<string, PlannedJob> old = before.ToDictionary(job => job.Order);
        Dictionary<string, string> moved = placements.ToDictionary(placement => placement.Id, placement => placement.Moved);
        foreach (PlannedJob job in after)
        {
            if (!old.Remove(job.Order, out PlannedJob? was))
            {
                yield return $"{job.Title}: new, {When(job, zone)}";
            }
            else if (job.IsPinned != was.IsPinned)
            {
                yield return $"{job.Title}: {(job.IsPinned ? $"scheduled by people, {When(job, zone)}" : $"released by people, {When(job, zone)}")}";
            }
            else if ((job.Start, job.End, job.Stop, job.Person) != (was.Start, was.End, was.Stop, was.Person))
            {
                string why = moved.GetValueOrDefault(job.Order, "");
                yield return $"{job.Title}: now {When(job, zone)}{(why.Length > 0 ? "; " + why : "")}";
            }
        }

        foreach (PlannedJob gone in old.Values)
        {
            yield return $"{gone.Title}: no longer open";
        }
    }

    private static string When(PlannedJob job, TimeZoneInfo zone) => job.Start is { } start
        ? TimeZoneInfo.ConvertTimeFromUtc(start, zone).ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture)
        : "not within the horizon";
}
