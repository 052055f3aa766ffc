using System.CommandLine;
using Linewatch.Plants;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch check</c>: every fault of a plant file, with its place.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Argument<FileInfo> path = new("plant.yaml") { Description = "The plant file." };
        Command command = new("check", "Checks a plant file and lists every fault with file, line and column. Exit code 0 = right, 2 = faults.") { path };
        command.SetAction(parsed =>
        {
            if (Load(parsed.GetRequiredValue(path).FullName) is not { } plant)
            {
                return ExitCode.BadInput;
            }

            Console.WriteLine($"{plant.Name}: {plant.Lines.Count} lines, {plant.Lines.Sum(line => line.Machines.Count)} machines, {plant.Signals.Count} signals, {plant.Sources.Count} sources; no faults");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Reads a plant file; prints every fault to standard error and returns null when there are any.</summary>
    public static Plant? Load(string path)
    {
        PlantFile file = PlantFile.Read(path);
        foreach (PlantFault fault in file.Faults)
        {
            Console.Error.WriteLine(fault);
        }

        if (!file.IsValid)
        {
            Console.Error.WriteLine($"{file.Faults.Count} fault{(file.Faults.Count == 1 ? "" : "s")} in {path}");
        }

        return file.Plant;
    }
}
