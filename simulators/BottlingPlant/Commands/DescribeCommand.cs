using System.CommandLine;
using System.Globalization;
using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Commands;

/// <summary><c>linewatch-sim describe</c>: what the plant is made of, or its plant file.</summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        PlantArguments plant = new();
        Option<bool> yaml = new("--yaml") { Description = "Print the plant.yaml instead." };
        Command command = new("describe", "Say what the plant is made of: lines, machines, buffers, faults, failure modes. Exit codes: 0, 2 wrong arguments.");
        plant.AddTo(command);
        command.Options.Add(yaml);
        command.SetAction(result =>
        {
            if (!plant.TryCreate(result, null, out VirtualPlant? created))
            {
                return 2;
            }

            Console.Out.Write(result.GetValue(yaml) ? created.PlantYaml : Text(created));
            return 0;
        });
        return command;
    }

    /// <summary>The plant in words.</summary>
    internal static string Text(VirtualPlant plant)
    {
        StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        foreach (LineModel line in plant.Models)
        {
            text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Id}: {line.Name}, {line.DesignRate} bottles an hour, {string.Join(", ", line.Products.Select(product => product.Id))}"));
            for (int index = 0; index < line.Stations.Count; index++)
            {
                string machines = string.Join(" + ", line.Stations[index].Select(machine => machine.Id));
                double speed = line.Stations[index].Min(machine => machine.SpeedFactor);
                string buffer = index < line.Conveyors.Count
                    ? string.Create(CultureInfo.InvariantCulture, $"then {line.Conveyors[index].Capacity.TotalSeconds} s of buffer, {line.Conveyors[index].Transport.TotalSeconds} s under way")
                    : "";
                text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {machines,-16} up to {speed,4:P0} of the filler  {buffer}").TrimEnd());
            }
        }

        text.WriteLine();
        foreach (MachineModel machine in plant.Models.SelectMany(line => line.Machines).DistinctBy(machine => machine.Id))
        {
            text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{machine.Id}: {machine.Signals.Count} process signals, {machine.Meters.Count} meters, {machine.Series.Sum(series => series.Count)} values by component"));
            foreach (FaultKind fault in machine.Faults)
            {
                text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {fault.Code}  {fault.Name}: every {fault.MeanRunMinutes} min of running, about {fault.MedianSeconds} s"));
            }

            foreach (FailureMode mode in machine.Failures)
            {
                string signals = string.Join(", ", mode.Effects.Select(effect => effect.Signal));
                text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(mode.Benign ? "    " : mode.FaultCode)}  {mode.Name}{(mode.Benign ? " (benign)" : "")}: {mode.Course.Shortest.TotalHours} to {mode.Course.Longest.TotalHours} h, seen in {signals}"));
            }
        }

        return text.ToString();
    }
}
