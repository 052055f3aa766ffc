using System.CommandLine;
using System.Globalization;
using Linewatch.BottlingPlant.Publishing;

namespace Linewatch.BottlingPlant.Commands;

/// <summary><c>linewatch-sim run</c>: simulates and publishes, or writes to files.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        PlantArguments plant = new();
        Option<double> hours = new("--hours") { Description = "Hours to simulate, added to --days." };
        Option<double> days = new("--days") { Description = "Days to simulate. Default with --out: 1." };
        Option<string> folder = new("--out") { Description = "Write messages/, plant.yaml and truth/ into this folder." };
        Command command = new("run", "Simulate the plant and publish its messages, or write them with the truth to files.");
        plant.AddTo(command);
        foreach (Option option in new Option[] { hours, days, folder })
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellation) =>
        {
            if (!plant.TryCreate(result, out VirtualPlant? created))
            {
                return Task.FromResult(2);
            }

            TimeSpan length = TimeSpan.FromDays(result.GetValue(days)) + TimeSpan.FromHours(result.GetValue(hours));
            return result.GetValue(folder) is { } path
                ? Task.FromResult(ToFiles(created, length > TimeSpan.Zero ? length : TimeSpan.FromDays(1), path, cancellation))
                : Task.FromResult(2);
        });
        return command;
    }

    private static int ToFiles(VirtualPlant plant, TimeSpan length, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "plant.yaml"), plant.PlantYaml);
        Progress progress = new(plant.Start, plant.Start + length);
        long count = 0;
        using (MessageFolder messages = new(folder))
        {
            foreach (SimulatedMessage message in plant.Messages(plant.Start, plant.Start + length))
            {
                messages.Write(message);
                progress.Report(message.EventTime, ++count);
                if (cancellation.IsCancellationRequested)
                {
                    break;
                }
            }
        }

        plant.WriteTruth(Path.Combine(folder, "truth"));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} messages and the truth are in {folder}"));
        return cancellation.IsCancellationRequested ? 130 : 0;
    }
}
