using System.ComponentModel.DataAnnotations;
using Linewatch.Mqtt;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Hosting;

/// <summary>
/// What the installation decides, at the root of the configuration: appsettings.json, environment
/// (<c>LINEWATCH__PLANT=…</c>), the command line's options; later ones win.
/// </summary>
internal sealed class ServerOptions
{
    /// <summary>Path of plant.yaml. Default <c>plant.yaml</c> in the current folder.</summary>
    [Required]
    public string Plant { get; set; } = "plant.yaml";

    /// <summary>Folder of everything Linewatch keeps: journal, quarantine, SQLite files. Default <c>data</c> in the current folder.</summary>
    [Required]
    public string Data { get; set; } = "data";
}

/// <summary>The web server; section <c>Web</c>.</summary>
internal sealed class WebOptions
{
    /// <summary>Addresses of API and pages, separated by <c>;</c>. Default http://127.0.0.1:8080: only this machine, until told otherwise.</summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8080";
}

/// <summary>
/// How messages come in; section <c>Mqtt</c>. With <see cref="Host"/> Linewatch subscribes to the plant's broker; without, machines
/// connect to Linewatch's own broker, and their acknowledgement waits for the journal.
/// </summary>
internal sealed class MqttOptions
{
    /// <summary>Address of the embedded broker, <c>address:port</c>; used while <see cref="Host"/> is empty. Default 127.0.0.1:1883.</summary>
    [Required]
    public string Listen { get; set; } = "127.0.0.1:1883";

    /// <summary>Name or address of the plant's broker. Default empty: the embedded broker is used.</summary>
    public string Host { get; set; } = "";

    /// <summary>Port of the plant's broker, 1 to 65,535. Default 1883.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 1883;

    /// <summary>Client identifier, stable across restarts so that the broker keeps messages meanwhile. Default <c>linewatch</c>.</summary>
    [Required]
    public string ClientId { get; set; } = "linewatch";

    /// <summary>User at the plant's broker. Default none.</summary>
    public string? UserName { get; set; }

    /// <summary>Password at the plant's broker. Default none. Never logged.</summary>
    public string? Password { get; set; }

    /// <summary>Whether the plant's broker is reached by TLS. Default false.</summary>
    public bool Tls { get; set; }

    /// <summary>How long the plant's broker keeps messages while Linewatch is away, 0 s to 30 days. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Name under which Linewatch announces itself to Sparkplug edge nodes as their primary host, on <c>spBv1.0/STATE/…</c>.
    /// One topic level without + and #. Default empty: it does not; rebirths are asked for all the same.
    /// </summary>
    [RegularExpression("[^/+#]*", ErrorMessage = "SparkplugHostId is one topic level: no /, + or #")]
    public string SparkplugHostId { get; set; } = "";

    /// <summary>Whether machines connect to Linewatch's own broker.</summary>
    public bool IsEmbedded => Host.Length == 0;

    /// <summary>Options of a client of the plant's broker, whose identifier is <see cref="ClientId"/> with a suffix.</summary>
    public MqttClientOptions ToClient(string suffix = "") => new()
    {
        Host = Host,
        Port = Port,
        ClientId = ClientId + suffix,
        UserName = UserName,
        Password = Password,
        UseTls = Tls,
    };
}

/// <summary>Checks <see cref="ServerOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ServerOptionsValidator : IValidateOptions<ServerOptions>;

/// <summary>Checks <see cref="WebOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class WebOptionsValidator : IValidateOptions<WebOptions>;

/// <summary>Checks <see cref="MqttOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class MqttOptionsValidator : IValidateOptions<MqttOptions>;
