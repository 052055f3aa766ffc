using System.Diagnostics;
using System.Globalization;
using System.Text;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>One walk through a large subscription tree, beside a look at every filter in turn.</summary>
public static class MatchBenchmark
{
    /// <summary>Topics the slow baseline is asked for.</summary>
    private const int BaselineTopics = 50;

    /// <summary>Prints the time of a match, and its ratio to the baseline.</summary>
    public static async Task RunAsync(int subscriptions)
    {
        await using MqttBroker broker = new(new MqttBrokerOptions());
        SubscriptionTree tree = new();
        byte[][] filters = new byte[subscriptions][];
        for (int i = 0; i < subscriptions; i++)
        {
            BrokerSession session = new($"c{i}", null, broker);
            string filter = (i % 6) switch
            {
                0 => $"plant/line-{i % 50}/+/value-{i}",
                1 => $"plant/line-{i % 50}/machine-{i}/#",
                _ => $"plant/line-{i % 50}/machine-{i % 1000}/value-{i}",
            };
            filters[i] = Encoding.UTF8.GetBytes(filter);
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

        double median = rounds.Order().ElementAt(rounds.Count / 2);
        Figures.Print(string.Create(CultureInfo.InvariantCulture,
            $"{tree.Count} subscriptions: {median:F0} ns a match (median of {rounds.Count} rounds), {(double)found / topics.Length:F2} found"));
        int expected = topics.Take(BaselineTopics).Sum(topic => Count(tree, topic));
        long began = Stopwatch.GetTimestamp();
        int matched = topics.Take(BaselineTopics).Sum(topic => filters.Count(filter => Matches(filter, topic)));
        double linear = Stopwatch.GetElapsedTime(began).TotalNanoseconds / BaselineTopics;
        Figures.Print(string.Create(CultureInfo.InvariantCulture, $"  every filter in turn: {linear:F0} ns a match"));
        Figures.Print(string.Create(CultureInfo.InvariantCulture, $"  ratio {linear / median,7:F0} ×"));
        if (matched != expected)
        {
            throw new InvalidOperationException($"the tree finds {expected} subscriptions where {matched} match");
        }
    }

    private static int Count(SubscriptionTree tree, byte[] topic)
    {
        List<Subscription> matches = [];
        tree.Match(topic, matches, []);
        return matches.Count;
    }

    /// <summary>Section 4.7 for one filter and a topic without '$'.</summary>
    private static bool Matches(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        while (true)
        {
            int filterEnd = filter.IndexOf((byte)'/');
            int topicEnd = topic.IndexOf((byte)'/');
            ReadOnlySpan<byte> wanted = filterEnd < 0 ? filter : filter[..filterEnd];
            if (wanted.SequenceEqual("#"u8))
            {
                return true;
            }

            if (!wanted.SequenceEqual("+"u8) && !wanted.SequenceEqual(topicEnd < 0 ? topic : topic[..topicEnd]))
            {
                return false;
            }

            if (topicEnd < 0 || filterEnd < 0)
            {
                // "a/#" matches "a".
                return topicEnd < 0 && (filterEnd < 0 || filter[filterEnd..].SequenceEqual("/#"u8));
            }

            filter = filter[(filterEnd + 1)..];
            topic = topic[(topicEnd + 1)..];
        }
    }
}
