using System.Collections.Concurrent;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>The limits the broker sets, and what it says of itself.</summary>
public sealed class BrokerLimitsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_answer_to_connect_names_the_limits()
    {
        MqttBrokerOptions options = new()
        {
            SysInterval = TimeSpan.Zero,
            ReceiveMaximum = 7,
            MaximumPacketSize = 5000,
            TopicAliasMaximum = 3,
            MaximumKeepAlive = TimeSpan.FromSeconds(20),
            MaximumSessionExpiry = TimeSpan.FromSeconds(100),
        };
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(options);

        await using RawClient client = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "", keepAlive: 30, properties: new MqttProperties { SessionExpiryInterval = 1000 });

        MqttProperties said = client.Connack.Properties!;
        Assert.Equal<(ushort?, uint?, ushort?)>((7, 5000, 3), (said.ReceiveMaximum, said.MaximumPacketSize, said.TopicAliasMaximum));
        Assert.Equal<(ushort?, uint?)>((20, 100), (said.ServerKeepAlive, said.SessionExpiryInterval));
        Assert.StartsWith("auto-", said.AssignedClientIdentifier, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_allows_one_seconds_worth_at_once_and_then_its_pace()
    {
        ManualTime time = new(Noon);
        RateLimit rate = new(10, time);

        Assert.Equal(TimeSpan.Zero, rate.Count(10));
        Assert.Equal(TimeSpan.FromSeconds(0.5), rate.Count(5));
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, rate.Count(0));
        Assert.Equal(TimeSpan.FromSeconds(0.1), rate.Count(1));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(1), rate.Count(20));
    }

    [Fact]
    public async Task A_client_above_its_rate_is_left_unread_until_its_pause_is_over()
    {
        PauseTime time = new(new ManualTime(Noon), TimeSpan.FromSeconds(1.5));
        MqttBrokerOptions options = new() { SysInterval = TimeSpan.Zero, MaximumMessageRate = 10 };
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(options, time: time);
        await using RawClient client = await RawClient.ConnectAsync(host.Port, MqttVersion.V311, "hasty");
        client.Send(buffer =>
        {
            for (int i = 0; i < 25; i++)
            {
                PublishPacket.Write(buffer, MqttVersion.V311, 0, "t"u8, 0, default, "p"u8);
            }
        });
        await time.Paused.WaitAsync(TimeSpan.FromSeconds(60));

        Task pinging = client.PingAsync();
        Assert.False(pinging.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1.5));

        await pinging;
        Assert.Equal(25, host.Broker.ReceivedMessages);
    }

    [Fact]
    public async Task The_brokers_own_figures_come_every_interval_and_with_the_subscription()
    {
        ManualTime time = new(Noon);
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions { SysInterval = TimeSpan.FromSeconds(10) }, time: time);
        await using RawClient first = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "first");
        await first.SubscribeAsync("$SYS/broker/clients/connected", MqttQoS.AtMostOnce);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("1", false), await FigureAsync(first));

        await using RawClient second = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "second");
        await second.SubscribeAsync("$SYS/broker/clients/connected", MqttQoS.AtMostOnce);
        Assert.Equal(("1", true), await FigureAsync(second));
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(("2", false), await FigureAsync(first));
        Assert.Equal(("2", false), await FigureAsync(second));

        static async Task<(string, bool)> FigureAsync(RawClient client)
        {
            ReceivedPublish figure = await client.ReceivePublishAsync();
            return (figure.Payload, figure.Retain);
        }
    }

    [Fact]
    public async Task Each_subscriber_that_misses_messages_is_named_once()
    {
        LogLines log = new();
        MqttBrokerOptions options = new() { SysInterval = TimeSpan.Zero, MaximumQueuedMessages = 1 };
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(options, logging: logging => logging.Services.AddSingleton<ILoggerProvider>(log));
        foreach (string absent in (string[])["a", "b"])
        {
            await using RawClient subscriber = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, absent, properties: new MqttProperties { SessionExpiryInterval = 60 });
            await subscriber.SubscribeAsync("t", MqttQoS.AtLeastOnce);
            await subscriber.DisconnectAsync();
        }

        await using RawClient publisher = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "p");
        for (int i = 0; i < 4; i++)
        {
            await publisher.PublishAndWaitAsync("t", "x");
        }

        Assert.Equal(6, host.Broker.DroppedMessages);
        Assert.Equal(
            ["The slow or absent subscriber 'a' misses messages: its queue is full", "The slow or absent subscriber 'b' misses messages: its queue is full"],
            log.Warnings.Order());
    }

    /// <summary>Says when the pause is asked for; the clock is moved by hand.</summary>
    private sealed class PauseTime(ManualTime inner, TimeSpan pause) : TimeProvider
    {
        private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Paused => _paused.Task;

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override long GetTimestamp() => inner.GetTimestamp();

        public void Advance(TimeSpan by) => inner.Advance(by);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = inner.CreateTimer(callback, state, dueTime, period);
            if (dueTime == pause)
            {
                _paused.TrySetResult();
            }

            return timer;
        }
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Warnings { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Warnings.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
