using System.CommandLine;
using System.Globalization;
using Linewatch.BottlingPlant.Publishing;
using Linewatch.Mqtt;

namespace Linewatch.BottlingPlant.Commands;

/// <summary><c>linewatch-sim run</c>: simulates and publishes, or writes to files.</summary>
internal sealed class RunCommand
{
    private readonly PlantArguments _plant = new();
    private readonly Option<double> _hours = new("--hours") { Description = "Hours to simulate, added to --days." };
    private readonly Option<double> _days = new("--days") { Description = "Days to simulate. Default: 1 into files, without end to a broker." };
    private readonly Option<string> _folder = new("--out") { Description = "Write plant.yaml and truth/ into this folder, and without --broker messages/ too." };
    private readonly Option<string> _broker = new("--broker") { Description = "Publish to this MQTT broker, host or host:port." };
    private readonly Option<string> _user = new("--user") { Description = "User name at the broker; the password is taken from LINEWATCH_SIM_PASSWORD." };
    private readonly Option<int> _qos = new("--qos") { Description = "Quality of service, 0 or 1.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _speed = new("--speed") { Description = "Simulated seconds a second from the start on, or 'max'. Default: as fast as acknowledged up to now, then in real time." };

    public static Command Create()
    {
        RunCommand run = new();
        Command command = new("run", "Simulate the plant and publish its messages, or write them with the truth to files. Exit codes: 0 done or stopped, 2 wrong arguments.");
        run._plant.AddTo(command);
        foreach (Option option in new Option[] { run._hours, run._days, run._folder, run._broker, run._user, run._qos, run._speed })
        {
            command.Options.Add(option);
        }

        command.SetAction(run.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        string? folder = result.GetValue(_folder);
        string? address = result.GetValue(_broker);
        string? speedText = result.GetValue(_speed);
        double speed = 1;
        if (speedText == "max")
        {
            speed = double.PositiveInfinity;
        }
        else if (speedText is not null && !(double.TryParse(speedText, NumberStyles.Float, CultureInfo.InvariantCulture, out speed) && speed > 0))
        {
            return Refuse($"--speed: a number above 0 or 'max' is required, found '{speedText}'");
        }

        if (folder is null && address is null)
        {
            return Refuse("one of --out and --broker is required");
        }

        if (result.GetValue(_qos) is not (0 or 1))
        {
            return Refuse($"--qos: 0 or 1 allowed, found {result.GetValue(_qos)}");
        }

        BrokerAddress? broker = address is null ? null : BrokerAddress.Parse(address, result.GetValue(_user), Environment.GetEnvironmentVariable("LINEWATCH_SIM_PASSWORD"));
        if (address is not null && broker is null)
        {
            return Refuse($"--broker: host or host:port is required, found '{address}'");
        }

        if (!_plant.TryCreate(result, broker is not null && speedText is null ? now : null, out VirtualPlant? plant))
        {
            return 2;
        }

        TimeSpan length = TimeSpan.FromDays(result.GetValue(_days)) + TimeSpan.FromHours(result.GetValue(_hours));
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "plant.yaml"), plant.PlantYaml, cancellation);
        }

        if (broker is null)
        {
            ToFiles(plant, length > TimeSpan.Zero ? length : TimeSpan.FromDays(1), folder!, cancellation);
        }
        else
        {
            PlantPublisherSettings pace = new(speed, speedText is null ? null : plant.Start, length > TimeSpan.Zero ? plant.Start + length : null, now);
            await ToBrokerAsync(plant, broker, (MqttQoS)result.GetValue(_qos), pace, cancellation);
        }

        if (folder is not null)
        {
            plant.WriteTruth(Path.Combine(folder, "truth"));
        }

        return 0;
    }

    private static void ToFiles(VirtualPlant plant, TimeSpan length, string folder, CancellationToken cancellation)
    {
        Progress progress = new(plant.Start, plant.Start + length);
        long count = 0;
        using MessageFolder messages = new(folder);
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

    private static async Task ToBrokerAsync(VirtualPlant plant, BrokerAddress broker, MqttQoS qos, PlantPublisherSettings pace, CancellationToken cancellation)
    {
        await using PlantConnection connection = new(plant, broker, qos) { Told = text => Console.Error.WriteLine($"{broker.Host}:{broker.Port}: {text}; trying again") };
        Progress progress = new(plant.Start, pace.End ?? pace.Now);
        PlantPublisher publisher = new(connection.PublishAsync, TimeProvider.System) { Speed = pace.Speed, PacedFrom = pace.PacedFrom };
        IEnumerable<SimulatedMessage> messages = pace.End is { } end ? plant.Messages(plant.Start, end) : plant.Messages(plant.Start);
        try
        {
            await connection.StartAsync(cancellation);
            await publisher.RunAsync(messages.Select(message => progress.Through(message, publisher)), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C: what is on its way is not awaited; the truth covers what was simulated.
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{publisher.Acknowledged} messages acknowledged"));
    }

    private static int Refuse(string fault)
    {
        Console.Error.WriteLine(fault);
        return 2;
    }

    private sealed record PlantPublisherSettings(double Speed, DateTime? PacedFrom, DateTime? End, DateTime Now);
}
