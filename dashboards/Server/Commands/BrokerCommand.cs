using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Linewatch.Mqtt;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch broker</c>: the embedded MQTT broker alone, without a plant.</summary>
internal sealed class BrokerCommand
{
    private readonly Option<int> _port = Bounded("--port", "TCP port; 0 = any free one.", 1883, 0, 65535, "-p");
    private readonly Option<int?> _webSocketPort = OptionalPort("--websocket-port", "Port for MQTT over WebSocket under /mqtt; 0 = any free one. Default: none.");
    private readonly Option<string> _address = new("--address") { Description = "Address to listen on: an IP address of this machine, localhost or *.", DefaultValueFactory = _ => "localhost" };
    private readonly Option<FileInfo?> _passwords = File("--password-file", "Users: a line name:hash each, as 'linewatch broker hash' or mosquitto_passwd makes them.");
    private readonly Option<FileInfo?> _access = File("--acl-file", "Access rules in mosquitto's format: user, topic, pattern; read, write, readwrite, deny.");
    private readonly Option<bool?> _anonymous = new("--anonymous") { Description = "Whether clients without user name are served: true or false. Default: true without, false with --password-file." };
    private readonly Option<bool> _reveal = new("--reveal-refused") { Description = "Tell MQTT 5 clients that a rule refuses their filter (0x87) instead of the unspecified failure 0x80." };
    private readonly Option<FileInfo?> _certificate = File("--certificate", "Certificate (PEM, with its chain): both ports speak TLS. Needs --key.");
    private readonly Option<FileInfo?> _key = File("--key", "Private key of the certificate (PEM).");
    private readonly Option<DirectoryInfo?> _data = new("--data") { Description = "Folder for sessions, queued and retained messages. Default: they end with the process." };
    private readonly Option<bool> _sync = new("--sync") { Description = "Wait for the disk before acknowledging, so that a power cut loses nothing." };
    private readonly Option<int> _connections = Bounded("--max-connections", "Most clients at once.", 10_000, 1, 1_000_000);
    private readonly Option<int> _packetSize = Bounded("--max-packet-size", "Longest packet, bytes.", 16 * 1024 * 1024, 128, 268_435_460);
    private readonly Option<int> _receiveMaximum = Bounded("--receive-maximum", "Most unacknowledged QoS 1 and 2 messages from a client.", 1024, 1, 65535);
    private readonly Option<int> _inFlight = Bounded("--max-inflight", "Most unacknowledged QoS 1 and 2 messages to a client.", 1024, 1, 65535);
    private readonly Option<int> _queued = Bounded("--max-queued", "Most messages queued for a session.", 10_000, 0, 10_000_000);
    private readonly Option<int> _rate = Bounded("--max-rate", "Most messages a second from one client; 0 = any number.", 0, 0, 10_000_000);
    private readonly Option<int> _keepAlive = Bounded("--max-keep-alive", "Longest keep-alive granted to MQTT 5 clients, seconds.", 60, 1, 65535);
    private readonly Option<int> _aliases = Bounded("--topic-aliases", "Topic aliases a connection and direction.", 64, 0, 65535);
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Log more than warnings." };

    public static Command Create()
    {
        BrokerCommand broker = new();
        Command command = new(
            "broker",
            "Runs the MQTT 3.1.1 and 5 broker alone, without a plant: for trials, conformance suites and as a small broker. Logs warnings to standard error. Ctrl-C stops.")
        {
            broker._port, broker._webSocketPort, broker._address, broker._passwords, broker._access, broker._anonymous, broker._reveal,
            broker._certificate, broker._key, broker._data, broker._sync, broker._connections, broker._packetSize, broker._receiveMaximum,
            broker._inFlight, broker._queued, broker._rate, broker._keepAlive, broker._aliases, broker._verbose, HashCommand(),
        };
        command.SetAction(broker.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            IPAddress address = ParseAddress(parsed.GetValue(_address)!);
            MqttBrokerOptions options = Options(parsed);
            using X509Certificate2? certificate = Certificate(parsed.GetValue(_certificate), parsed.GetValue(_key));
            await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(
                options,
                parsed.GetValue(_port),
                parsed.GetValue(_webSocketPort),
                certificate is null ? null : listen => listen.UseHttps(certificate),
                logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(parsed.GetValue(_verbose) ? LogLevel.Information : LogLevel.Warning),
                address);
            Announce(host, options, address, certificate is not null);
            await host.WaitForShutdownAsync(cancellationToken);
            Console.WriteLine("Stopped.");
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped.");
            return ExitCode.Ok;
        }
        catch (Exception fault) when (fault is InvalidDataException or ArgumentException or CryptographicException)
        {
            return await FailAsync(fault.Message, ExitCode.BadInput);
        }
        catch (Exception fault) when (fault is IOException or SocketException or UnauthorizedAccessException)
        {
            return await FailAsync(fault.Message, ExitCode.Failed);
        }
    }

    private MqttBrokerOptions Options(ParseResult parsed)
    {
        IReadOnlyList<MqttUser> users = MqttUserFiles.Read(parsed.GetValue(_passwords)?.FullName, parsed.GetValue(_access)?.FullName, out IReadOnlyList<MqttAccessRule> anonymous);
        return new MqttBrokerOptions
        {
            Users = users,
            AnonymousRules = anonymous,
            AllowAnonymous = parsed.GetValue(_anonymous) ?? parsed.GetValue(_passwords) is null,
            RevealRefusedFilters = parsed.GetValue(_reveal),
            DataFolder = parsed.GetValue(_data)?.FullName,
            SyncToDisk = parsed.GetValue(_sync),
            MaximumConnections = parsed.GetValue(_connections),
            MaximumPacketSize = parsed.GetValue(_packetSize),
            ReceiveMaximum = parsed.GetValue(_receiveMaximum),
            MaximumInFlight = parsed.GetValue(_inFlight),
            MaximumQueuedMessages = parsed.GetValue(_queued),
            MaximumMessageRate = parsed.GetValue(_rate),
            MaximumKeepAlive = TimeSpan.FromSeconds(parsed.GetValue(_keepAlive)),
            TopicAliasMaximum = parsed.GetValue(_aliases),
        };
    }

    private static void Announce(MqttBrokerHost host, MqttBrokerOptions options, IPAddress address, bool isTls)
    {
        string name = IPAddress.IsLoopback(address) ? "127.0.0.1" : address.ToString();
        string who = (options.AllowAnonymous, options.Users.Count) switch
        {
            (true, 0) => "everyone",
            (true, int count) => $"everyone, and {count} users with a password",
            (false, int count) => $"{count} users with a password",
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"MQTT 3.1.1 and 5 broker on {(isTls ? "mqtts" : "mqtt")}://{name}:{host.Port}"));
        if (host.WebSocketPort != 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  WebSocket {(isTls ? "wss" : "ws")}://{name}:{host.WebSocketPort}/mqtt"));
        }

        Console.WriteLine($"  serves    {who}");
        Console.WriteLine($"  keeps     {(options.DataFolder is { } folder ? "sessions and retained messages in " + folder : "nothing over its end; --data FOLDER keeps sessions and retained messages")}");
        Console.WriteLine("Ctrl-C stops.");
    }

    private static Command HashCommand()
    {
        Argument<string> name = new("name") { Description = "User name." };
        Command command = new("hash", "Reads a password from standard input and prints the user's line for --password-file.") { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string user = parsed.GetRequiredValue(name);
            if (user.Length == 0 || user.Contains(':', StringComparison.Ordinal))
            {
                return await FailAsync($"user name '{user}' is empty or holds a colon", ExitCode.BadInput);
            }

            if (await Console.In.ReadLineAsync(cancellationToken) is not { Length: > 0 } password)
            {
                return await FailAsync("no password on standard input", ExitCode.BadInput);
            }

            Console.WriteLine($"{user}:{MqttUser.Hash(password)}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static IPAddress ParseAddress(string text) => text switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(text, out IPAddress? address) ? address : throw new InvalidDataException($"--address '{text}' is not an IP address of this machine, localhost or *"),
    };

    private static X509Certificate2? Certificate(FileInfo? certificate, FileInfo? key)
    {
        if (certificate is null && key is null)
        {
            return null;
        }

        return certificate is not null && key is not null
            ? X509Certificate2.CreateFromPemFile(certificate.FullName, key.FullName)
            : throw new InvalidDataException("--certificate and --key belong together; one of them is missing");
    }

    private static async Task<int> FailAsync(string message, int code)
    {
        foreach (string line in message.Split('\n'))
        {
            await Console.Error.WriteLineAsync("linewatch: " + line);
        }

        return code;
    }

    private static Option<FileInfo?> File(string name, string description)
    {
        Option<FileInfo?> option = new(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo?>() is { Exists: false } file)
            {
                result.AddError($"{name}: there is no file {file.FullName}");
            }
        });
        return option;
    }

    private static Option<int?> OptionalPort(string name, string description)
    {
        Option<int?> option = new(name) { Description = description };
        option.Validators.Add(result =>
        {
            int? port = result.GetValueOrDefault<int?>();
            if (port is < 0 or > 65535)
            {
                result.AddError($"{name} is {port}; allowed: 0 to 65535");
            }
        });
        return option;
    }

    private static Option<int> Bounded(string name, string description, int preset, int least, int most, params string[] aliases)
    {
        Option<int> option = new(name, aliases) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => preset };
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
