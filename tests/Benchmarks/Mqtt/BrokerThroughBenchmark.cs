using System.Diagnostics;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>Publisher to broker to subscribers: ours, mosquitto and, without any broker, a plain socket, in turns.</summary>
public static class BrokerThroughBenchmark
{
    /// <summary>Prints the medians of some turns and their ratio; rates and costs are those of a delivered message.</summary>
    public static async Task RunAsync(int messages, int subscribers, int turns, CancellationToken cancellationToken)
    {
        await using MqttBrokerHost own = await MqttBrokerHost.StartAsync(new MqttBrokerOptions());
        await using Mosquitto? mosquitto = Tool.Find("mosquitto") is null ? null : await Mosquitto.StartAsync(MosquittoPeer.WithoutDisk);
        for (int qos = 0; qos <= 1; qos++)
        {
            List<Figures> ours = [], theirs = [], plain = [];
            for (int turn = 0; turn <= turns; turn++)
            {
                Figures one = await Figures.OfThisProcessAsync(messages * subscribers, () => RunAsync(own.Port, qos, messages, subscribers, cancellationToken));
                Figures other = mosquitto is null ? default : await MosquittoPeer.MeasureAsync(
                    mosquitto, messages / 10 * subscribers, () => RunAsync(mosquitto.Port, qos, messages / 10, subscribers, cancellationToken));
                Figures socket = await Figures.OfThisProcessAsync(messages, () => PlainReader.FromPublishersAsync(1, messages, cancellationToken));
                if (turn > 0)
                {
                    ours.Add(one);
                    theirs.Add(other);
                    plain.Add(socket);
                }
            }

            Figures.Print($"publisher → broker → {(subscribers == 1 ? "subscriber" : $"{subscribers} subscribers")}, QoS {qos}", Figures.Median(ours));
            Figures.Print("  a plain socket reads from the publisher, QoS 0", Figures.Median(plain));
            if (mosquitto is not null)
            {
                Figures.Print($"  mosquitto, QoS {qos}", Figures.Median(theirs));
                Figures.PrintRatio("  ratio to mosquitto", Figures.Median(ours), Figures.Median(theirs));
            }
        }
    }

    private static async Task<double> RunAsync(int port, int qos, int messages, int subscribers, CancellationToken cancellationToken)
    {
        using Process peer = MqttPeer.Start("through", port, qos, messages, subscribers: subscribers);
        return await MqttPeer.RateOfAsync(peer, cancellationToken);
    }
}
