using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>Topic and published names of each machine of a line, made once.</summary>
internal sealed class MachineNames
{
    private readonly Dictionary<string, (string Topic, string[] Names)> _machines;

    /// <param name="site">First topic level.</param>
    /// <param name="line">The line.</param>
    /// <param name="suffix">What follows the machine in the topic.</param>
    /// <param name="name">Published name of a signal id.</param>
    public MachineNames(string site, LineModel line, string suffix, Func<string, string> name) =>
        _machines = line.Machines.ToDictionary(
            machine => machine.Id,
            machine => ($"{site}/{line.Area}/{line.Id}/{machine.Id}/{suffix}", Sampler.Ids(machine).Select(name).ToArray()));

    public (string Topic, string[] Names) Of(Machine machine) => _machines[machine.Model.Id];
}
