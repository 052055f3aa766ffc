using System.Diagnostics;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>A broker in a process of its own, ours or mosquitto, whose memory and CPU time are its own.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private readonly Mosquitto? _mosquitto;
    private readonly Process _process;

    private BrokerProcess(string name, Process process, int port, Mosquitto? mosquitto)
    {
        Name = name;
        Port = port;
        _process = process;
        _mosquitto = mosquitto;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Resident memory now, KiB.</summary>
    public double ResidentKiB
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024.0;
        }
    }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public bool IsRunning => !_process.HasExited;

    /// <summary>Ours, and mosquitto where it is installed.</summary>
    public static async IAsyncEnumerable<BrokerProcess> BothAsync()
    {
        int port = Loopback.FreePort();
        Process own = MqttPeer.Start("broker", port, 0, 0);
        await Loopback.WaitForListenerAsync(port, own);
        await using BrokerProcess ours = new("Linewatch", own, port, null);
        yield return ours;
        if (Tool.Find("mosquitto") is not null)
        {
            Mosquitto mosquitto = await Mosquitto.StartAsync(MosquittoPeer.WithoutDisk);
            await using BrokerProcess theirs = new("mosquitto", mosquitto.Process.Process, mosquitto.Port, mosquitto);
            yield return theirs;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_mosquitto is not null)
        {
            await _mosquitto.DisposeAsync();
            return;
        }

        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
