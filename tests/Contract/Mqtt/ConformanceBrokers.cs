using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>Our broker and mosquitto, each open to everyone and each with users and rules from the same two files. Started when first asked for.</summary>
public sealed class ConformanceBrokers : IAsyncLifetime, IDisposable
{
    /// <summary>The user of the scenarios with rules.</summary>
    public const string User = "engineer";

    /// <summary>A user that may only read.</summary>
    public const string Viewer = "viewer";

    /// <summary>A user that may read one branch.</summary>
    public const string Limited = "limited";

    /// <summary>The password of all.</summary>
    public const string Password = "correct horse";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<bool, MqttBrokerHost> _own = [];
    private readonly Dictionary<bool, Mosquitto> _mosquitto = [];

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Port of our broker.</summary>
    public async Task<int> OwnAsync(bool withRules)
    {
        if (!_own.TryGetValue(withRules, out MqttBrokerHost? host))
        {
            // As large as "linewatch broker" takes them.
            MqttBrokerOptions options = new() { SysInterval = TimeSpan.Zero, MaximumPacketSize = 16 * 1024 * 1024 };
            if (withRules)
            {
                options.Users = MqttUserFiles.Read(await PasswordsAsync(), Rules(), out IReadOnlyList<MqttAccessRule> anonymous);
                options.AnonymousRules = anonymous;
                options.AllowAnonymous = false;
            }

            _own[withRules] = host = await MqttBrokerHost.StartAsync(options);
        }

        return host.Port;
    }

    /// <summary>Port of mosquitto; skips the test where it is not installed.</summary>
    public async Task<int> MosquittoAsync(bool withRules)
    {
        if (!_mosquitto.TryGetValue(withRules, out Mosquitto? server))
        {
            string rules = withRules ? $"allow_anonymous false\npassword_file {await PasswordsAsync()}\nacl_file {Rules()}" : "";
            _mosquitto[withRules] = server = await Mosquitto.StartAsync(rules);
        }

        return server.Port;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (MqttBrokerHost host in _own.Values)
        {
            await host.DisposeAsync();
        }

        foreach (Mosquitto server in _mosquitto.Values)
        {
            await server.DisposeAsync();
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>Written by mosquitto's own tool where it is installed: our broker must read that.</summary>
    private async Task<string> PasswordsAsync()
    {
        string path = _folder["passwords"];
        if (!File.Exists(path))
        {
            await File.WriteAllTextAsync(path, "");
            foreach (string user in (string[])[User, Viewer, Limited])
            {
                if (Tool.Find("mosquitto_passwd") is { } tool)
                {
                    await using ServerProcess process = new(tool, ["-b", path, user, Password]);
                    await process.Process.WaitForExitAsync();
                }
                else
                {
                    await File.AppendAllTextAsync(path, $"{user}:{MqttUser.Hash(Password)}\n");
                }
            }
        }

        return path;
    }

    private string Rules()
    {
        string path = _folder["rules"];
        File.WriteAllText(path, $"""
            # one list for both brokers
            user {User}
            topic readwrite #
            topic deny test/nosubscribe
            topic readwrite $dollar/#
            user {Viewer}
            topic read #
            user {Limited}
            topic read open/#
            pattern write status/%u/%c

            """);
        return path;
    }
}
