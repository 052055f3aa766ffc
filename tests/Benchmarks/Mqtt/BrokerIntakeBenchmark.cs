using System.Diagnostics;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>How fast the broker takes messages that nobody subscribes.</summary>
public static class BrokerIntakeBenchmark
{
    private const int Publishers = 4;

    /// <summary>Prints the medians of some turns.</summary>
    public static async Task RunAsync(int messages, int turns, CancellationToken cancellationToken)
    {
        await using MqttBrokerHost broker = await MqttBrokerHost.StartAsync(new MqttBrokerOptions());
        for (int qos = 0; qos <= 1; qos++)
        {
            List<Figures> figures = [];
            for (int turn = 0; turn <= turns; turn++)
            {
                Figures one = await Figures.OfThisProcessAsync(messages * Publishers, async () =>
                {
                    Process[] publishers = [.. Enumerable.Range(0, Publishers).Select(_ => MqttPeer.Start("publish", broker.Port, qos, messages))];
                    double[] rates = await Task.WhenAll(publishers.Select(publisher => MqttPeer.RateOfAsync(publisher, cancellationToken)));
                    return rates.Sum();
                });
                if (turn > 0)
                {
                    figures.Add(one);
                }
            }

            Figures.Print($"broker takes in from {Publishers} publishers, QoS {qos}", Figures.Median(figures));
        }
    }
}
