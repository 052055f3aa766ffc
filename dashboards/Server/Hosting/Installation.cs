using System.Net;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Server.Hosting;

/// <summary>The installation's settings, read once before anything is built: files, environment, command line; later ones win.</summary>
internal sealed class Installation
{
    private Installation(IConfigurationRoot configuration)
    {
        Configuration = configuration;
        Server = configuration.Get<ServerOptions>() ?? new ServerOptions();
        Mqtt = configuration.GetSection("Mqtt").Get<MqttOptions>() ?? new MqttOptions();
        WebOptions web = configuration.GetSection("Web").Get<WebOptions>() ?? new WebOptions();
        WebEndpoints = [.. web.Urls
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => Endpoints.Parse(url, "Web:Urls"))];
        Detectors = configuration.GetSection("Detectors").Get<SignalMonitorOptions>() ?? new SignalMonitorOptions();
        if (Detectors.Faults() is { Count: > 0 } faults)
        {
            throw new InvalidDataException("Detectors: " + string.Join("; ", faults));
        }

        DutyDetectors = configuration.GetSection("DutyDetectors").Get<DutyMonitorOptions>() ?? new DutyMonitorOptions();
        if (DutyDetectors.Faults() is { Count: > 0 } dutyFaults)
        {
            throw new InvalidDataException("DutyDetectors: " + string.Join("; ", dutyFaults));
        }

        BrokerEndpoint = Mqtt.IsEmbedded ? Endpoints.Parse(Mqtt.Listen, "Mqtt:Listen") : null;
    }

    /// <summary>Every setting.</summary>
    public IConfigurationRoot Configuration { get; }

    /// <summary>Plant file and data folder.</summary>
    public ServerOptions Server { get; }

    /// <summary>How messages come in.</summary>
    public MqttOptions Mqtt { get; }

    /// <summary>How signals of machines that tell no state are watched; section <c>Detectors</c>.</summary>
    public SignalMonitorOptions Detectors { get; }

    /// <summary>How signals of machines that tell their state are watched; section <c>DutyDetectors</c>.</summary>
    public DutyMonitorOptions DutyDetectors { get; }

    /// <summary>Where API and pages are served.</summary>
    public List<IPEndPoint> WebEndpoints { get; }

    /// <summary>Where the embedded broker listens; null when the plant's broker is used.</summary>
    public IPEndPoint? BrokerEndpoint { get; }

    /// <summary>The address to open in a browser on this machine.</summary>
    public string Address => WebEndpoints[0].Address.Equals(IPAddress.Any) ? $"http://localhost:{WebEndpoints[0].Port}" : $"http://{WebEndpoints[0]}";

    /// <summary>Reads the settings.</summary>
    /// <param name="settings">Keys from the command line.</param>
    /// <exception cref="InvalidDataException">A setting cannot be what it is; the message says what is allowed.</exception>
    public static Installation Read(IReadOnlyDictionary<string, string?> settings)
    {
        ConfigurationManager configuration = new();
        configuration.SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true);
        configuration.AddEnvironmentVariables("LINEWATCH__");
        configuration.AddInMemoryCollection(settings);

        // Everything Linewatch keeps lies in the data folder unless it is told otherwise.
        string data = configuration["Data"] ?? new ServerOptions().Data;
        foreach ((string key, string path) in new[]
        {
            ("Journal:Folder", "journal"),
            ("Quarantine:Folder", "quarantine"),
            ("Storage:Path", "readings.db"),
            ("Operations:Database:File", "operations.db"),
        })
        {
            configuration[key] ??= Path.Combine(data, path);
        }

        try
        {
            return new Installation(configuration);
        }
        catch (InvalidOperationException fault)
        {
            // The binder's message names key and value.
            throw new InvalidDataException(fault.InnerException is null ? fault.Message : $"{fault.Message} {fault.InnerException.Message}", fault);
        }
    }

    /// <summary>Every port that something else uses already, in words.</summary>
    public IReadOnlyList<string> Conflicts() =>
    [
        .. WebEndpoints.Select(endpoint => Endpoints.Conflict(endpoint, "Web:Urls", "--port")).OfType<string>(),
        .. BrokerEndpoint is { } broker && Endpoints.Conflict(broker, "Mqtt:Listen", "--mqtt-port") is { } conflict ? [conflict] : Array.Empty<string>(),
    ];
}
