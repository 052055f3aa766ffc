using System.CommandLine;

namespace Linewatch.BottlingPlant.Commands;

/// <summary><c>linewatch-sim describe</c>: the plant file of the plant that the options describe.</summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        PlantArguments plant = new();
        Command command = new("describe", "Print the plant.yaml of the plant that the options describe.");
        plant.AddTo(command);
        command.SetAction(result => plant.TryCreate(result, null, out VirtualPlant? created) ? Print(created) : 2);
        return command;
    }

    private static int Print(VirtualPlant plant)
    {
        Console.Out.Write(plant.PlantYaml);
        return 0;
    }
}
