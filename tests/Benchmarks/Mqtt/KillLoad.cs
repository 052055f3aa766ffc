using System.Globalization;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>
/// A publisher and a subscriber with persistent sessions over a broker that is killed (−9) again and again: publishes numbers
/// at QoS 1 and 2 and counts what arrives. The clients live on; only the broker dies.
/// </summary>
internal static class KillLoad
{
    private const int Batch = 50;

    /// <summary>Runs the load while <paramref name="killAndRestartAsync"/> does its work some times.</summary>
    /// <returns>Whether every QoS 1 message arrived at least once and every QoS 2 message exactly once, and the count in words.</returns>
    public static async Task<(bool Held, string Account)> RunAsync(int port, int times, Func<Task> killAndRestartAsync, CancellationToken cancellationToken)
    {
        NumberIntake received = new();
        await using MqttClient subscriber = new(Options(port, "kill-subscriber", received));
        await using MqttClient publisher = new(Options(port, "kill-publisher", null));
        subscriber.Start();
        publisher.Start();
        await subscriber.SubscribeAsync("kill/1", MqttQoS.AtLeastOnce, cancellationToken);
        await subscriber.SubscribeAsync("kill/2", MqttQoS.ExactlyOnce, cancellationToken);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<int> once = PublishAsync(publisher, MqttQoS.AtLeastOnce, stop.Token);
        Task<int> exactly = PublishAsync(publisher, MqttQoS.ExactlyOnce, stop.Token);
        for (int kill = 0; kill < times; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(100, 400)), TimeProvider.System, cancellationToken);
            await killAndRestartAsync();
        }

        await stop.CancelAsync();
        int[] sent = [0, await once.WaitAsync(cancellationToken), await exactly.WaitAsync(cancellationToken)];
        await received.WaitForAsync(sent[1], sent[2], cancellationToken);
        bool held = true;
        List<string> lines = [];
        foreach (int qos in (int[])[1, 2])
        {
            (int missing, int doubled) = received.Account(qos, sent[qos]);
            held &= missing == 0 && (qos == 1 || doubled == 0);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"QoS {qos}: {sent[qos]} published over {times} kills, {missing} missing, {doubled} doubled"));
        }

        return (held, string.Join('\n', lines));
    }

    private static MqttClientOptions Options(int port, string clientId, IMessageIntake? intake) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        ClientId = clientId,
        SessionExpiry = TimeSpan.FromHours(1),
        ReconnectMinimum = TimeSpan.FromMilliseconds(10),
        ReconnectMaximum = TimeSpan.FromMilliseconds(50),
        Intake = intake,
    };

    /// <summary>Publishes 1, 2, 3 … until stopped, fifty at a time; returns the last number, all acknowledged.</summary>
    private static async Task<int> PublishAsync(MqttClient client, MqttQoS qos, CancellationToken stop)
    {
        int number = 0;
        while (!stop.IsCancellationRequested)
        {
            await Task.WhenAll(Enumerable.Range(0, Batch).Select(_ =>
                client.PublishAsync($"kill/{(int)qos}", BitConverter.GetBytes(++number), qos, retain: false, CancellationToken.None).AsTask()));
        }

        return number;
    }

    private sealed class NumberIntake : IMessageIntake
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<int, int>[] _counts = [[], [], []];
        private long _receipt;

        public long SafeThrough => Volatile.Read(ref _receipt);

        public long Accept(in PublishView message)
        {
            int number = BitConverter.ToInt32(message.Payload);
            lock (_gate)
            {
                Dictionary<int, int> counts = _counts[message.Topic[^1] - '0'];
                counts[number] = counts.GetValueOrDefault(number) + 1;
            }

            return Interlocked.Increment(ref _receipt);
        }

        public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        /// <summary>Waits until every number has come, or nothing new has for five seconds.</summary>
        public async Task WaitForAsync(int first, int second, CancellationToken cancellationToken)
        {
            long seen = -1;
            while (seen != SafeThrough && Account(1, first).Missing + Account(2, second).Missing > 0)
            {
                seen = SafeThrough;
                await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, cancellationToken);
            }
        }

        public (int Missing, int Doubled) Account(int qos, int sent)
        {
            lock (_gate)
            {
                return (Enumerable.Range(1, sent).Count(number => !_counts[qos].ContainsKey(number)), _counts[qos].Values.Count(count => count > 1));
            }
        }
    }
}
