using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>The machines of a plant by line and id, each with its signals by published name. Not thread-safe.</summary>
internal sealed class PlantSignals
{
    private readonly Dictionary<(string Line, string Machine), MachineSignals> _byLine = [];
    private readonly Dictionary<string, MachineSignals?> _byMachine = new(StringComparer.Ordinal);

    public PlantSignals(Plant plant)
    {
        foreach (Line line in plant.Lines)
        {
            foreach (Machine machine in line.Machines)
            {
                MachineSignals signals = new(line, machine);
                _byLine[(line.Id, machine.Id)] = signals;

                // A machine id that several lines share tells nothing without the line.
                _byMachine[machine.Id] = _byMachine.ContainsKey(machine.Id) ? null : signals;
            }
        }
    }

    /// <summary>The machine; the line may be left out where only one line has a machine of that id.</summary>
    public MachineSignals? Find(string? area, string? line, string machine)
    {
        MachineSignals? found = line is null
            ? _byMachine.GetValueOrDefault(machine)
            : _byLine.GetValueOrDefault((line, machine));
        return found is not null && area is not null && found.Line.Area != area ? null : found;
    }
}
