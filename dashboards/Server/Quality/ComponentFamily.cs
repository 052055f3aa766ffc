using System.Text.RegularExpressions;
using Linewatch.Plants;

namespace Linewatch.Server.Quality;

/// <summary>Signals of one machine that differ by a number only: <c>valve_volume_v001</c> … <c>valve_volume_v100</c>.</summary>
public sealed partial record ComponentFamily(Machine Machine, string Name, IReadOnlyList<Signal> Signals)
{
    /// <summary>Fewer are not compared with each other.</summary>
    private const int Fewest = 3;

    /// <summary>The families of a line, in flow order.</summary>
    public static IReadOnlyList<ComponentFamily> Of(Line line) =>
    [
        .. line.Machines.SelectMany(machine => machine.Signals
            .Where(signal => signal is { Role: SignalRole.Process, IsText: false })
            .Select(signal => (Signal: signal, Match: Numbered().Match(signal.Path.Signal)))
            .Where(each => each.Match.Success)
            .GroupBy(each => (Name: each.Match.Groups[1].Value, each.Signal.Unit), each => each.Signal)
            .Where(family => family.Count() >= Fewest)
            .Select(family => new ComponentFamily(machine, family.Key.Name, [.. family]))),
    ];

    [GeneratedRegex("^([A-Za-z][A-Za-z0-9_-]*?)[_-]?[A-Za-z]?[0-9]+$")]
    private static partial Regex Numbered();
}
