using System.Diagnostics;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>Time from PublishAsync of one client to the intake of another, one message a millisecond.</summary>
public static class LatencyBenchmark
{
    /// <summary>Prints the percentiles for QoS 0 and 1.</summary>
    public static async Task RunAsync(int seconds, CancellationToken cancellationToken)
    {
        await using MqttBrokerHost broker = await MqttBrokerHost.StartAsync(new MqttBrokerOptions());
        foreach (MqttQoS qos in (MqttQoS[])[MqttQoS.AtMostOnce, MqttQoS.AtLeastOnce])
        {
            StampIntake intake = new();
            await using MqttClient subscriber = new(new MqttClientOptions { Host = "127.0.0.1", Port = broker.Port, Intake = intake });
            await using MqttClient publisher = new(new MqttClientOptions { Host = "127.0.0.1", Port = broker.Port });
            await subscriber.ConnectAsync(cancellationToken);
            await subscriber.SubscribeAsync("t", qos, cancellationToken);
            await publisher.ConnectAsync(cancellationToken);
            byte[] payload = new byte[120];
            using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(1));
            List<Task> sent = [];
            for (int i = 0; i < seconds * 1000 && await timer.WaitForNextTickAsync(cancellationToken); i++)
            {
                BitConverter.TryWriteBytes(payload, Stopwatch.GetTimestamp());
                sent.Add(publisher.PublishAsync("t", payload.ToArray(), qos, retain: false, cancellationToken).AsTask());
            }

            await Task.WhenAll(sent);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            double[] sorted = [.. intake.Microseconds.Order()];
            Figures.Print(FormattableString.Invariant(
                $"QoS {(int)qos}: {sorted.Length} messages, p50 {sorted[sorted.Length / 2]:F0} µs, p99 {sorted[sorted.Length * 99 / 100]:F0} µs, p99.9 {sorted[sorted.Length * 999 / 1000]:F0} µs"));
        }
    }

    private sealed class StampIntake : IMessageIntake
    {
        private long _count;

        public List<double> Microseconds { get; } = [];

        public long SafeThrough => _count;

        public long Accept(in PublishView message)
        {
            Microseconds.Add(Stopwatch.GetElapsedTime(BitConverter.ToInt64(message.Payload)).TotalMicroseconds);
            return ++_count;
        }

        public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
