using Linewatch.BottlingPlant.Flow;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>What was published last, for dialects that report changes only.</summary>
internal sealed class LastValues
{
    private readonly Dictionary<Machine, Dictionary<int, SampleValue>> _machines = [];

    /// <summary>Whether a value differs from the last; remembers it.</summary>
    public bool IsNews(Machine machine, in SampleValue value)
    {
        if (!_machines.TryGetValue(machine, out Dictionary<int, SampleValue>? values))
        {
            _machines[machine] = values = [];
        }

        if (values.TryGetValue(value.Signal, out SampleValue last) && last == value)
        {
            return false;
        }

        values[value.Signal] = value;
        return true;
    }
}
