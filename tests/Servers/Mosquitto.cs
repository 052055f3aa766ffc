namespace Linewatch.Tests.Servers;

/// <summary>A <c>mosquitto</c> that keeps sessions and queues on disk and limits none of them.</summary>
public sealed class Mosquitto : RestartableServer
{
    private readonly string _program;

    private Mosquitto(string program, string extraConfiguration, bool persists)
    {
        _program = program;
        File.WriteAllText(Folder["mosquitto.conf"], $"""
            listener {Port} 127.0.0.1
            allow_anonymous true
            user root
            {(persists ? $"persistence true\npersistence_location {Folder.Path}/\nautosave_interval 1\nautosave_on_changes true" : "persistence false")}
            max_queued_messages 0
            max_inflight_messages 0
            {extraConfiguration}

            """);
    }

    /// <summary>Starts one; skips the test where mosquitto is not installed.</summary>
    /// <param name="extraConfiguration">Further lines of its configuration.</param>
    /// <param name="persists">Whether it writes everything it holds to disk with every change, which costs nearly all its speed.</param>
    public static async Task<Mosquitto> StartAsync(string extraConfiguration = "", bool persists = true)
    {
        Mosquitto broker = new(Tool.Require("mosquitto"), extraConfiguration, persists);
        await broker.StartAgainAsync();
        return broker;
    }

    /// <inheritdoc/>
    protected override ServerProcess Launch() => new(_program, ["-c", Folder["mosquitto.conf"]]);
}
