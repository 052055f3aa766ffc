using System.Diagnostics;
using System.Globalization;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>mosquitto's broker and client as the other side of a comparison.</summary>
internal static class MosquittoPeer
{
    /// <summary>Configuration that spares it writing to disk while it is measured.</summary>
    public const string WithoutDisk = "autosave_interval 1800\nautosave_on_changes false";

    /// <summary>Rate of a run and the CPU time of the broker's process.</summary>
    public static async Task<Figures> MeasureAsync(Mosquitto broker, int messages, Func<Task<double>> run)
    {
        Process process = broker.Process.Process;
        process.Refresh();
        TimeSpan cpu = process.TotalProcessorTime;
        double rate = await run();
        process.Refresh();
        return new Figures(rate, (process.TotalProcessorTime - cpu).TotalMicroseconds / messages, 0);
    }

    /// <summary><c>mosquitto_sub</c> receives from a source that only sends; null where it is not installed.</summary>
    public static async Task<Figures?> ReceiveAsync(int messages, int qos, CancellationToken cancellationToken)
    {
        if (Tool.Find("mosquitto_sub") is not { } program)
        {
            return null;
        }

        int port = Loopback.FreePort();
        using Process source = MqttPeer.Start("source", port, qos, messages);
        await using ServerProcess subscriber = await StartWhenListeningAsync(program, port, qos, messages);
        double rate = await MqttPeer.RateOfAsync(source, cancellationToken);
        return new Figures(rate, 0, 0);
    }

    /// <summary>The source accepts one connection only, so its port must not be probed: the client tries until it is there.</summary>
    private static async Task<ServerProcess> StartWhenListeningAsync(string program, int port, int qos, int messages)
    {
        while (true)
        {
            ServerProcess subscriber = new(program,
            [
                "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-t", "#", "-q", qos.ToString(CultureInfo.InvariantCulture),
                "-C", messages.ToString(CultureInfo.InvariantCulture), "-F", "%q", "-N",
            ]);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            if (!subscriber.Process.HasExited)
            {
                return subscriber;
            }

            await subscriber.DisposeAsync();
        }
    }
}
