using System.Diagnostics;
using System.Globalization;
using System.Text;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>One walk through a large subscription tree.</summary>
public static class MatchBenchmark
{
    /// <summary>Prints the time of a match.</summary>
    public static async Task RunAsync(int subscriptions)
    {
        await using MqttBroker broker = new(new MqttBrokerOptions());
        SubscriptionTree tree = new();
        for (int i = 0; i < subscriptions; i++)
        {
            BrokerSession session = new($"c{i}", null, broker);
            string filter = (i % 6) switch
            {
                0 => $"plant/line-{i % 50}/+/value-{i}",
                1 => $"plant/line-{i % 50}/machine-{i}/#",
                _ => $"plant/line-{i % 50}/machine-{i % 1000}/value-{i}",
            };
            tree.Add(new Subscription(session, filter, new SubscriptionOptions(MqttQoS.AtMostOnce), 0));
        }

        byte[][] topics = [.. Enumerable.Range(0, 10_000).Select(i => Encoding.UTF8.GetBytes($"plant/line-{i * 7 % subscriptions % 50}/machine-{i * 7 % subscriptions % 1000}/value-{i * 7 % subscriptions}"))];
        List<Subscription> matches = [];
        List<SharedGroup> groups = [];
        long found = 0;
        List<double> rounds = [];
        for (int round = 0; round < 50; round++)
        {
            found = 0;
            long started = Stopwatch.GetTimestamp();
            foreach (byte[] topic in topics)
            {
                matches.Clear();
                tree.Match(topic, matches, groups);
                found += matches.Count;
            }

            rounds.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / topics.Length);
        }

        Figures.Print(string.Create(CultureInfo.InvariantCulture,
            $"{tree.Count} subscriptions: {rounds.Order().ElementAt(rounds.Count / 2):F0} ns a match (median of {rounds.Count} rounds), {(double)found / topics.Length:F2} found"));
    }
}
