namespace Linewatch.Plants.Yaml;

/// <summary>Collects the faults of one file, each once, in file order, at most <see cref="Limit"/>.</summary>
internal sealed class FaultList(string file)
{
    /// <summary>A file with more faults than this is not the file that was meant; the rest helps nobody.</summary>
    public const int Limit = 1000;

    private readonly HashSet<PlantFault> _seen = [];

    public int Count => _seen.Count;

    public void Add(YamlNode at, string message) => Add(at.Line, at.Column, message);

    public void Add(int line, int column, string message)
    {
        if (_seen.Count < Limit)
        {
            _seen.Add(new PlantFault(file, line, column, message));
        }
    }

    public IReadOnlyList<PlantFault> InFileOrder() => [.. _seen.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];
}
