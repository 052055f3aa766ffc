namespace Linewatch.Tests.Servers;

/// <summary>A <c>mosquitto</c> that keeps sessions and queues on disk and limits none of them.</summary>
public sealed class Mosquitto : RestartableServer
{
    private readonly string _program;

    private Mosquitto(string program, string extraConfiguration)
    {
        _program = program;
        File.WriteAllText(Folder["mosquitto.conf"], $"""
            listener {Port} 127.0.0.1
            allow_anonymous true
            user root
            persistence true
            persistence_location {Folder.Path}/
            autosave_interval 1
            autosave_on_changes true
            max_queued_messages 0
            max_inflight_messages 0
            {extraConfiguration}

            """);
    }

    /// <summary>Starts one; skips the test where mosquitto is not installed.</summary>
    public static async Task<Mosquitto> StartAsync(string extraConfiguration = "")
    {
        Mosquitto broker = new(Tool.Require("mosquitto"), extraConfiguration);
        await broker.StartAgainAsync();
        return broker;
    }

    /// <inheritdoc/>
    protected override ServerProcess Launch() => new(_program, ["-c", Folder["mosquitto.conf"]]);
}
