using System.Globalization;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Chaos;

/// <summary>
/// A network namespace with one cable to this one. What runs inside sees the outside at <see cref="Outside"/>; the cable can
/// be cut and slowed. Needs root.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private static int _count;

    private readonly string _name;
    private readonly string _cable;
    private readonly string _ip;
    private readonly string _tc;

    private NetworkNamespace(string ip, string tc)
    {
        _ip = ip;
        _tc = tc;
        int number = Interlocked.Increment(ref _count);
        int subnet = (Environment.ProcessId + number) % 250;
        _name = string.Create(CultureInfo.InvariantCulture, $"lw{Environment.ProcessId}n{number}");
        _cable = string.Create(CultureInfo.InvariantCulture, $"lw{Environment.ProcessId % 100000}c{number}");
        Outside = string.Create(CultureInfo.InvariantCulture, $"10.213.{subnet}.1");
        Inside = string.Create(CultureInfo.InvariantCulture, $"10.213.{subnet}.2");
    }

    /// <summary>Address of this side of the cable.</summary>
    public string Outside { get; }

    /// <summary>Address of the other side.</summary>
    public string Inside { get; }

    /// <summary>Port of the broker's listener on this side.</summary>
    public int BrokerPort { get; } = Loopback.FreePort();

    /// <summary>How the cable is slowed: netem where the kernel has it, else a token bucket.</summary>
    public string Slowness { get; private set; } = "";

    /// <summary>Makes one; skips the test where that is not possible.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        NetworkNamespace made = new(Tool.Require("ip"), Tool.Require("tc"));
        bool works = await made.IpAsync("netns", "add", made._name)
            && await made.IpAsync("link", "add", made._cable, "type", "veth", "peer", "name", "eth0", "netns", made._name)
            && await made.IpAsync("addr", "add", made.Outside + "/30", "dev", made._cable)
            && await made.IpAsync("link", "set", made._cable, "up")
            && await made.IpAsync("-n", made._name, "addr", "add", made.Inside + "/30", "dev", "eth0")
            && await made.IpAsync("-n", made._name, "link", "set", "eth0", "up")
            && await made.IpAsync("-n", made._name, "link", "set", "lo", "up");
        if (!works)
        {
            made.Dispose();
        }

        Skip.IfNot(works, "needs the right to make network namespaces (root)");
        return made;
    }

    /// <summary>The command that runs a program inside.</summary>
    public (string Program, IEnumerable<string> Arguments) Wrap(string program, IEnumerable<string> arguments) =>
        (_ip, ["netns", "exec", _name, program, .. arguments]);

    public async Task CutAsync() => Assert.True(await IpAsync("link", "set", _cable, "down"));

    public async Task MendAsync() => Assert.True(await IpAsync("link", "set", _cable, "up"));

    public async Task SlowAsync()
    {
        string[][] ways =
        [
            ["netem", "delay", "200ms", "50ms", "loss", "5%"],
            ["tbf", "rate", "256kbit", "burst", "8kb", "latency", "300ms"],
        ];
        foreach (string[] way in ways)
        {
            if (await RunAsync(_tc, ["qdisc", "add", "dev", _cable, "root", .. way]))
            {
                Slowness = string.Join(' ', way);
                return;
            }
        }

        Skip.If(true, "needs tc with netem or tbf");
    }

    public async Task SpeedUpAsync() => Assert.True(await RunAsync(_tc, ["qdisc", "del", "dev", _cable, "root"]));

    public void Dispose()
    {
        using System.Diagnostics.Process delete = System.Diagnostics.Process.Start(_ip, ["netns", "del", _name]);
        delete.WaitForExit();
    }

    private Task<bool> IpAsync(params string[] arguments) => RunAsync(_ip, arguments);

    private static async Task<bool> RunAsync(string program, string[] arguments)
    {
        await using ServerProcess run = new(program, arguments);
        await run.Process.WaitForExitAsync();
        return run.Process.ExitCode == 0;
    }
}
