using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Linewatch.Mqtt;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch replay</c>: publishes CSV recordings over MQTT with their own event times.</summary>
internal static class ReplayCommand
{
    /// <summary>How many messages may wait for their acknowledgement.</summary>
    private const int Window = 1000;

    public static Command Create()
    {
        Argument<FileInfo[]> files = new("csv") { Description = "Recordings to publish, one after the other; each has a header line.", Arity = ArgumentArity.OneOrMore };
        Option<string> broker = new("--broker", "-b") { Description = "Broker as host:port.", DefaultValueFactory = _ => "127.0.0.1:1883" };
        Option<string?> user = new("--user", "-u") { Description = "User name at the broker; the password is read from LINEWATCH_PASSWORD." };
        Option<string> topic = new("--topic", "-t") { Description = "Topic to publish to; {file} stands for the file's name without extension.", DefaultValueFactory = _ => "site/area/line/{file}/data" };
        RecordingOptions recordings = new();
        Option<string> speed = new("--speed") { Description = "1 = as recorded, 60 = sixty times as fast, max = as fast as the broker acknowledges.", DefaultValueFactory = _ => "max" };
        Command command = new("replay", "Publishes CSV recordings over MQTT, a JSON message a row: {\"ts\":…,\"values\":{…}}. A column that --column does not name is the signal of its name in lower case with underscores. Every message is sent at QoS 1 and counted when acknowledged.")
        {
            files, broker, user, topic, speed,
        };
        recordings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                (string host, int port) = HostAndPort(parsed.GetRequiredValue(broker));
                double? factor = Speed(parsed.GetRequiredValue(speed));
                CsvRecordingSettings settings = recordings.Read(parsed);
                if (parsed.GetRequiredValue(files).FirstOrDefault(file => !file.Exists) is { } missing)
                {
                    throw new FileNotFoundException($"{missing.FullName} does not exist");
                }

                await using MqttClient client = new(new MqttClientOptions
                {
                    Host = host,
                    Port = port,
                    ClientId = $"linewatch-replay-{Environment.ProcessId}",
                    UserName = parsed.GetValue(user),
                    Password = Environment.GetEnvironmentVariable("LINEWATCH_PASSWORD"),
                });
                await client.ConnectAsync(cancellationToken);
                int faults = 0;
                foreach (FileInfo file in parsed.GetRequiredValue(files))
                {
                    using CsvRecording recording = new(file.FullName, settings);
                    string name = Path.GetFileNameWithoutExtension(file.Name);
                    faults += await PublishAsync(
                        client, recording, file.Name, parsed.GetRequiredValue(topic).Replace("{file}", name, StringComparison.Ordinal), factor, TimeProvider.System, cancellationToken);
                }

                return faults == 0 ? ExitCode.Ok : ExitCode.BadInput;
            }
            catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
            {
                await Console.Error.WriteLineAsync("replay: " + exception.Message);
                return ExitCode.BadInput;
            }
            catch (Exception exception) when (exception is IOException or MqttPublishException)
            {
                await Console.Error.WriteLineAsync("replay: " + exception.Message);
                return ExitCode.Failed;
            }
        });
        return command;
    }

    /// <summary>Publishes one recording; returns the number of rows that could not be read.</summary>
    private static async Task<int> PublishAsync(
        MqttClient client, CsvRecording recording, string name, string topic, double? factor, TimeProvider clock, CancellationToken cancellationToken)
    {
        Queue<Task> outstanding = new(Window);
        ArrayBufferWriter<byte> payload = new();
        long started = clock.GetTimestamp();
        RowProgress progress = new(name, clock, Console.Error);
        DateTime? firstEvent = null;
        int published = 0;
        int faults = 0;
        while (recording.TryRead(out DateTime eventTime, out string? fault))
        {
            if (fault is not null)
            {
                faults++;
                await Console.Error.WriteLineAsync($"replay: {name}, {fault}");
                continue;
            }

            if (factor is { } speed)
            {
                firstEvent ??= eventTime;
                TimeSpan due = (eventTime - firstEvent.Value) / speed - clock.GetElapsedTime(started);
                if (due > TimeSpan.Zero)
                {
                    await Task.Delay(due, clock, cancellationToken);
                }
            }

            payload.ResetWrittenCount();
            using (Utf8JsonWriter json = new(payload))
            {
                json.WriteStartObject();
                json.WriteString("ts", eventTime);
                json.WritePropertyName("values");
                recording.WriteValues(json);
                json.WriteEndObject();
            }

            if (outstanding.Count == Window)
            {
                await outstanding.Dequeue();
            }

            outstanding.Enqueue(client.PublishAsync(topic, payload.WrittenSpan.ToArray(), MqttQoS.AtLeastOnce, retain: false, cancellationToken).AsTask());
            published++;
            progress.Report(published, recording.Done, eventTime);
        }

        await Task.WhenAll(outstanding);
        double seconds = clock.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {published:N0} rows published to {topic} and acknowledged in {seconds:0.0} s ({published / Math.Max(seconds, 1e-3):N0} messages/s), {faults} rows unreadable"));
        return faults;
    }

    private static (string Host, int Port) HostAndPort(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon < 0 ? (text, 1883)
            : int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536 ? (text[..colon], port)
            : throw new InvalidDataException($"--broker '{text}' is not host:port with a port of 1 to 65535");
    }

    private static double? Speed(string text) => text == "max" ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double factor) && factor is > 0 and < 1e9 ? factor
        : throw new InvalidDataException($"--speed '{text}' is neither 'max' nor a factor above 0");
}
