using System.Diagnostics;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>How fast the broker takes messages that nobody subscribes, beside plain sockets and mosquitto in the same turns.</summary>
public static class BrokerIntakeBenchmark
{
    private const int Publishers = 4;

    /// <summary>Prints the medians of some turns.</summary>
    public static async Task RunAsync(int messages, int turns, CancellationToken cancellationToken)
    {
        await using MqttBrokerHost own = await MqttBrokerHost.StartAsync(new MqttBrokerOptions());
        await using Mosquitto? mosquitto = Tool.Find("mosquitto") is null ? null : await Mosquitto.StartAsync(MosquittoPeer.WithoutDisk);
        for (int qos = 0; qos <= 1; qos++)
        {
            List<Figures> ours = [], theirs = [], plain = [];
            for (int turn = 0; turn <= turns; turn++)
            {
                Figures one = await Figures.OfThisProcessAsync(messages * Publishers, () => PublishAsync(own.Port, qos, messages, cancellationToken));
                Figures other = mosquitto is null ? default : await MosquittoPeer.MeasureAsync(
                    mosquitto, messages / 10 * Publishers, () => PublishAsync(mosquitto.Port, qos, messages / 10, cancellationToken));
                Figures socket = await Figures.OfThisProcessAsync(messages * Publishers, () => PlainReader.FromPublishersAsync(Publishers, messages, cancellationToken));

                // The first turn warms the compiler up.
                if (turn > 0)
                {
                    ours.Add(one);
                    theirs.Add(other);
                    plain.Add(socket);
                }
            }

            Figures.Print($"broker takes in from {Publishers} publishers, QoS {qos}", Figures.Median(ours));
            Figures.Print("  plain sockets read from the same publishers, QoS 0", Figures.Median(plain));
            if (mosquitto is not null)
            {
                Figures.Print($"  mosquitto, QoS {qos}", Figures.Median(theirs));
                Figures.PrintRatio("  ratio to mosquitto", Figures.Median(ours), Figures.Median(theirs));
            }
        }
    }

    private static async Task<double> PublishAsync(int port, int qos, int messages, CancellationToken cancellationToken)
    {
        Process[] publishers = [.. Enumerable.Range(0, Publishers).Select(_ => MqttPeer.Start("publish", port, qos, messages))];
        double[] rates = await Task.WhenAll(publishers.Select(publisher => MqttPeer.RateOfAsync(publisher, cancellationToken)));
        return rates.Sum();
    }
}
