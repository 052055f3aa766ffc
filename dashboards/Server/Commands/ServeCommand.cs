using System.CommandLine;
using System.Globalization;
using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch serve</c>: the product for a plant of one's own.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Option<FileInfo?> plant = new("--plant") { Description = "The plant file; default: plant.yaml in the current folder, or LINEWATCH__PLANT." };
        Option<string?> broker = new("--broker", "-b") { Description = "The plant's broker as host:port; default: machines connect to Linewatch's own broker." };
        ListenOptions listen = new();
        Command command = new(
            "serve",
            """
            Takes in the plant's messages, computes, and serves API and pages until Ctrl-C.
            Every setting can also be given in appsettings.json or as an environment variable: LINEWATCH__STORAGE__KIND=influx.
            """)
        {
            plant, broker,
        };
        listen.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Dictionary<string, string?> settings = listen.Settings(parsed);
            if (parsed.GetValue(plant) is { } file)
            {
                settings["Plant"] = file.FullName;
            }

            if (parsed.GetValue(broker) is { } address)
            {
                string[] parts = address.Split(':', 2);
                settings["Mqtt:Host"] = parts[0];
                settings["Mqtt:Port"] = parts.Length == 2 ? parts[1] : "1883";
            }

            return await RunAsync(settings, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Dictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        Installation installation;
        try
        {
            installation = Installation.Read(settings);
        }
        catch (InvalidDataException fault)
        {
            await Console.Error.WriteLineAsync("linewatch: " + fault.Message);
            return ExitCode.BadInput;
        }

        return CheckCommand.Load(installation.Server.Plant) is { } plant
            ? await StartAsync(plant, installation, null, cancellationToken)
            : ExitCode.BadInput;
    }

    /// <summary>Builds the product, starts it, says what runs where, and waits for Ctrl-C.</summary>
    /// <param name="plant">The plant.</param>
    /// <param name="installation">The installation.</param>
    /// <param name="addMore">Further services.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    public static async Task<int> StartAsync(
        Plant plant, Installation installation, Action<IServiceCollection>? addMore, CancellationToken cancellationToken)
    {
        if (installation.Conflicts() is { Count: > 0 } conflicts)
        {
            foreach (string conflict in conflicts)
            {
                await Console.Error.WriteLineAsync("linewatch: " + conflict);
            }

            return ExitCode.Failed;
        }

        try
        {
            await using WebApplication app = LinewatchHost.Build(plant, installation, addMore);
            await app.StartAsync(cancellationToken);
            Announce(plant, installation);
            await app.WaitForShutdownAsync(cancellationToken);
            Console.WriteLine("Stopped. Everything received is on disk.");
            return ExitCode.Ok;
        }
        catch (OptionsValidationException fault)
        {
            foreach (string failure in fault.Failures)
            {
                await Console.Error.WriteLineAsync("linewatch: " + failure);
            }

            return ExitCode.BadInput;
        }
        catch (IOException fault)
        {
            await Console.Error.WriteLineAsync("linewatch: " + fault.Message);
            return ExitCode.Failed;
        }
    }

    private static void Announce(Plant plant, Installation installation)
    {
        string store = installation.Configuration["Storage:Kind"] is "influx"
            ? "InfluxDB at " + (installation.Configuration["Storage:Url"] ?? "http://127.0.0.1:8086")
            : "SQLite in " + Path.GetFullPath(installation.Configuration["Storage:Path"]!);
        string source = installation.BrokerEndpoint is { } broker
            ? $"own broker on {broker} (MQTT 3.1.1 and 5), WebSocket at {installation.Address}/mqtt"
            : $"subscribed to {installation.Mqtt.Host}:{installation.Mqtt.Port}";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            Linewatch {VersionCommand.Version} runs for {plant.Name}: {(plant.Lines.Count == 1 ? "1 line" : $"{plant.Lines.Count} lines")}, {plant.Signals.Count} signals
              open      {installation.Address}
              TV        {installation.Address}/tv/{(plant.Lines.Count > 0 ? plant.Lines[0].Id : "")}
              API       {installation.Address}/api/v1/lines   (described at /openapi/v1.json)
              messages  {source}
              journal   {Path.GetFullPath(installation.Configuration["Journal:Folder"]!)}
              readings  {store}
              stop with Ctrl-C

            """));
    }
}
