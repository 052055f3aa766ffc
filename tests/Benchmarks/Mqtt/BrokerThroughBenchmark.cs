using System.Diagnostics;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>Publisher to broker to one subscriber, ours and mosquitto in turns.</summary>
public static class BrokerThroughBenchmark
{
    /// <summary>Prints the medians of some turns and their ratio.</summary>
    public static async Task RunAsync(int messages, int turns, CancellationToken cancellationToken)
    {
        await using MqttBrokerHost own = await MqttBrokerHost.StartAsync(new MqttBrokerOptions());
        await using Mosquitto? mosquitto = Tool.Find("mosquitto") is null ? null : await Mosquitto.StartAsync("autosave_interval 1800\nautosave_on_changes false");
        for (int qos = 0; qos <= 1; qos++)
        {
            List<Figures> ours = [], theirs = [];
            for (int turn = 0; turn <= turns; turn++)
            {
                Figures one = await Figures.OfThisProcessAsync(messages, () => RunAsync(own.Port, qos, messages, cancellationToken));
                Figures other = default;
                if (mosquitto is not null)
                {
                    int fewer = Math.Max(messages / 10, 1);
                    TimeSpan cpu = mosquitto.Process.Process.TotalProcessorTime;
                    double rate = await RunAsync(mosquitto.Port, qos, fewer, cancellationToken);
                    mosquitto.Process.Process.Refresh();
                    other = new Figures(rate, (mosquitto.Process.Process.TotalProcessorTime - cpu).TotalMicroseconds / fewer, 0);
                }

                if (turn > 0)
                {
                    ours.Add(one);
                    theirs.Add(other);
                }
            }

            Figures.Print($"publisher → broker → subscriber, QoS {qos}", Figures.Median(ours));
            if (mosquitto is not null)
            {
                Figures.Print($"the same through mosquitto, QoS {qos}", Figures.Median(theirs));
                Figures.Print($"ratio {Figures.Median(ours).Rate / Figures.Median(theirs).Rate:F1}");
            }
        }
    }

    private static async Task<double> RunAsync(int port, int qos, int messages, CancellationToken cancellationToken)
    {
        using Process peer = MqttPeer.Start("through", port, qos, messages);
        return await MqttPeer.RateOfAsync(peer, cancellationToken);
    }
}
