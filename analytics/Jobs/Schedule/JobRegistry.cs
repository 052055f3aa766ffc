using System.Diagnostics.CodeAnalysis;

namespace Linewatch.Jobs.Schedule;

/// <summary>The jobs this program knows.</summary>
internal sealed class JobRegistry(IEnumerable<IScheduledJob> jobs)
{
    private readonly Dictionary<string, IScheduledJob> _jobs = jobs.ToDictionary(job => job.Name, StringComparer.Ordinal);

    /// <summary>Every job, by name.</summary>
    public IReadOnlyList<IScheduledJob> All => [.. _jobs.Values.OrderBy(job => job.Name, StringComparer.Ordinal)];

    /// <summary>The job of a name, or null.</summary>
    public IScheduledJob? Find(string name) => _jobs.GetValueOrDefault(name);

    /// <summary>Whether there is a job of that name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out IScheduledJob? job) => _jobs.TryGetValue(name, out job);
}
