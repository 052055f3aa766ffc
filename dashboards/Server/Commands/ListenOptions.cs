using System.CommandLine;
using System.Globalization;

namespace Linewatch.Server.Commands;

/// <summary>The options that <c>serve</c> and <c>demo</c> share.</summary>
internal sealed class ListenOptions
{
    private readonly Option<int?> _port = Port("--port", "Port of pages and API on 127.0.0.1; default 8080. Other addresses: LINEWATCH__WEB__URLS=http://0.0.0.0:8080.");
    private readonly Option<int?> _mqttPort = Port("--mqtt-port", "Port of Linewatch's own broker on 127.0.0.1; default 1883. Other addresses: LINEWATCH__MQTT__LISTEN=0.0.0.0:1883.");
    private readonly Option<DirectoryInfo?> _data = new("--data") { Description = "Folder for everything that is kept; default: data in the current folder." };

    public void AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_mqttPort);
        command.Options.Add(_data);
    }

    /// <summary>What was given, as configuration keys.</summary>
    public Dictionary<string, string?> Settings(ParseResult parsed)
    {
        Dictionary<string, string?> settings = [];
        if (parsed.GetValue(_port) is { } port)
        {
            settings["Web:Urls"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        }

        if (parsed.GetValue(_mqttPort) is { } mqttPort)
        {
            settings["Mqtt:Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{mqttPort}");
        }

        if (parsed.GetValue(_data) is { } data)
        {
            settings["Data"] = data.FullName;
        }

        return settings;
    }

    private static Option<int?> Port(string name, string description)
    {
        Option<int?> port = new(name) { Description = description };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 65535)
            {
                result.AddError($"{name} is {result.GetValueOrDefault<int?>()}; allowed: 1 to 65535");
            }
        });
        return port;
    }
}
