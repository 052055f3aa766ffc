using System.Diagnostics;
using System.Globalization;
using System.Text;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>
/// A plant of machines with 50 signals each, every signal once a second, spread over the second: 80 % of the machines send
/// JSON, 10 % SenML, 10 % one value a topic. In a process of its own.
/// </summary>
internal static class PlantLoad
{
    private const int Slots = 20;
    private const int Signals = 50;
    private const int Connections = 4;

    /// <summary>Starts it as a process; it runs until it is killed.</summary>
    public static Process Start(int port, int machines)
    {
        string[] arguments = ["ingest-plant-load", "--port", Text(port), "--machines", Text(machines)];
        string program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments = [typeof(PlantLoad).Assembly.Location, .. arguments];
        }

        return Process.Start(new ProcessStartInfo(program, arguments))!;

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The load itself.</summary>
    public static async Task WorkAsync(int port, int machines, CancellationToken cancellationToken)
    {
        List<MqttClient> clients = [];
        for (int i = 0; i < Connections; i++)
        {
            MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = port, MaximumInFlight = 10_000 });
            await client.ConnectAsync(cancellationToken);
            clients.Add(client);
        }

        using PeriodicTimer beat = new(TimeSpan.FromSeconds(1.0 / Slots));
        for (int slot = 0; ; slot++)
        {
            await beat.WaitForNextTickAsync(cancellationToken);
            for (int machine = slot % Slots; machine < machines; machine += Slots)
            {
                Publish(clients[machine % Connections], machine, slot / Slots, cancellationToken);
            }
        }
    }

    private static void Publish(MqttClient client, int machine, int round, CancellationToken cancellationToken)
    {
        string topic = IngestPlant.Topic(machine)[..^"data".Length];
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        switch (machine % 10)
        {
            case 8:
                double seconds = (now - DateTime.UnixEpoch).TotalMilliseconds / 1000;
                IEnumerable<string> records = Enumerable.Range(0, Signals).Select(signal => string.Create(
                    CultureInfo.InvariantCulture, $$"""{{{(signal == 0 ? $"\"bt\":{seconds:0.000}," : "")}}"n":"s{{signal}}","v":{{Value(machine, signal, round)}}}"""));
                Send(topic + "senml", $"[{string.Join(',', records)}]");
                break;
            case 9:
                for (int signal = 0; signal < Signals; signal++)
                {
                    Send(string.Create(CultureInfo.InvariantCulture, $"{topic}value/s{signal}"), Value(machine, signal, round));
                }

                break;
            default:
                IEnumerable<string> values = Enumerable.Range(0, Signals).Select(signal => string.Create(CultureInfo.InvariantCulture, $"\"s{signal}\":{Value(machine, signal, round)}"));
                Send(topic + "data", $"{{\"ts\":\"{now:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\",\"values\":{{{string.Join(',', values)}}}}}");
                break;
        }

        void Send(string name, string payload) =>
            _ = client.PublishAsync(name, Encoding.UTF8.GetBytes(payload), MqttQoS.AtLeastOnce, retain: false, cancellationToken).AsTask();
    }

    private static string Value(int machine, int signal, int round) =>
        ((((machine * 7) + (signal * 13) + (round * 3)) % 1000 * 0.01) + 3).ToString("0.00", CultureInfo.InvariantCulture);
}
