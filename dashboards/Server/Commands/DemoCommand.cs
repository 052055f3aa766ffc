using System.CommandLine;
using Linewatch.Server.Demo;
using Linewatch.Server.Hosting;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch demo</c>: the product with a virtual bottling plant, on embedded defaults.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<int> lines = Bounded("--lines", "Lines of the virtual plant.", 2, 1, 20);
        Option<int> history = Bounded("--history", "Hours of history that are fed in first.", 24, 0, 168);
        Option<bool> fresh = new("--fresh") { Description = "Delete the demo's data folder and begin anew." };
        ListenOptions listen = new();
        Command command = new(
            "demo",
            "Runs Linewatch with a virtual bottling plant that publishes over real MQTT: first its last 24 hours, then live. Goes on from the data folder when started again. Ctrl-C stops.")
        {
            lines, history, fresh,
        };
        listen.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Dictionary<string, string?> settings = listen.Settings(parsed);
            settings["Mqtt:Host"] = "";

            // The demo has a day of history, not weeks: its detectors may speak after two hours of production.
            settings["Detectors:LearningReadings"] = "120";

            // In a day there are few quarters of an hour in which a machine ran throughout; wear is forecast from shorter pieces.
            settings["Jobs:ForecastWear:Window"] = "00:05:00";
            try
            {
                Installation installation = Installation.Read(settings);
                string data = installation.Server.Data;
                if (parsed.GetValue(fresh))
                {
                    Forget(data);
                }

                DemoState state = DemoState.Open(
                    data, parsed.GetValue(lines), TimeSpan.FromHours(parsed.GetValue(history)), TimeProvider.System.GetUtcNow().UtcDateTime);
                string plantFile = Path.Combine(data, "plant.yaml");
                await File.WriteAllTextAsync(plantFile, state.Plant(DateTime.MaxValue).PlantYaml, cancellationToken);
                settings["Plant"] = plantFile;
                installation = Installation.Read(settings);
                return CheckCommand.Load(plantFile) is { } plant
                    ? await ServeCommand.StartAsync(plant, installation, services => services.AddDemoPlant(state, installation), cancellationToken)
                    : ExitCode.Failed;
            }
            catch (InvalidDataException fault)
            {
                await Console.Error.WriteLineAsync("linewatch: " + fault.Message);
                return ExitCode.BadInput;
            }
        });
        return command;
    }

    private static void AddDemoPlant(this IServiceCollection services, DemoState state, Installation installation)
    {
        services.AddSingleton(state);
        services.AddSingleton(installation);
        services.AddHostedService<DemoPlant>();
    }

    /// <summary>Deletes the data folder, but only one that a demo has made.</summary>
    private static void Forget(string data)
    {
        if (File.Exists(Path.Combine(data, "demo.json")))
        {
            Directory.Delete(data, recursive: true);
        }
        else if (Directory.Exists(data))
        {
            throw new InvalidDataException($"{Path.GetFullPath(data)} was not made by a demo, so --fresh does not delete it; give another folder with --data");
        }
    }

    private static Option<int> Bounded(string name, string description, int preset, int least, int most)
    {
        Option<int> option = new(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => preset };
        option.Validators.Add(result =>
        {
            int value = result.GetValueOrDefault<int>();
            if (value < least || value > most)
            {
                result.AddError($"{name} is {value}; allowed: {least} to {most}");
            }
        });
        return option;
    }
}
