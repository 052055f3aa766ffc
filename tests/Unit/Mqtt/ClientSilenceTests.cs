using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>
/// A broker that owes an answer is given up when it is silent, not when it is busy: mosquitto under many publishers sends on for
/// minutes before it comes to a ping or SUBSCRIBE that lies behind our acknowledgements.
/// </summary>
public sealed class ClientSilenceTests : IAsyncLifetime
{
    /// <summary>How often the client looks whether it has to ping.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(7.5);

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 3, 1, 6, 0, 0, TimeSpan.Zero));
    private ScriptedBroker _broker = null!;
    private MqttClient _client = null!;
    private IAsyncEnumerator<MqttMessage> _messages = null!;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    public async Task InitializeAsync()
    {
        (_broker, _client) = Create(_time);
        Task connecting = _client.ConnectAsync(Limit);
        await _broker.AcceptAsync();
        await connecting;
        _messages = _client.ReadAllAsync(Limit).GetAsyncEnumerator();

        // From now on it is watched.
        await HearAsync();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _messages.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Broker_that_sends_on_is_kept_though_it_answers_no_ping()
    {
        await PingedAsync();

        for (int i = 0; i < 12; i++)
        {
            await HearAsync();
            _time.Advance(Step);
        }

        await HearAsync();
        Assert.Equal((MqttClientState.Connected, 0L), (_client.State, _client.Reconnects));
    }

    [Fact]
    public async Task Broker_that_falls_silent_behind_a_ping_is_given_up()
    {
        await PingedAsync();

        _time.Advance(Step);
        _time.Advance(Step);

        await _broker.UntilClosedAsync();
    }

    [Fact]
    public async Task Broker_that_sends_on_is_kept_though_a_subscription_waits()
    {
        Task subscribing = _client.SubscribeAsync("a", MqttQoS.AtLeastOnce, Limit);
        SubscribePacket asked = SubscribePacket.Decode((await _broker.ReceiveAsync(PacketType.Subscribe)).Body, MqttVersion.V5);

        for (int i = 0; i < 3; i++)
        {
            _time.Advance(Step);
            await HearAsync();
        }

        _broker.Send(buffer => new SubackPacket(PacketType.Suback, asked.PacketId, [MqttReasonCode.GrantedQoS1]).Write(buffer, MqttVersion.V5));
        await subscribing;
    }

    [Fact]
    public async Task Broker_that_falls_silent_behind_a_subscription_is_given_up()
    {
        Task subscribing = _client.SubscribeAsync("a", MqttQoS.AtLeastOnce, Limit);
        await _broker.ReceiveAsync(PacketType.Subscribe);

        _time.Advance(Step);
        _time.Advance(Step);

        await _broker.UntilClosedAsync();
        Assert.False(subscribing.IsCompleted);
    }

    private static (ScriptedBroker Broker, MqttClient Client) Create(ManualTime time)
    {
        ScriptedBroker broker = new();
        return (broker, new MqttClient(new MqttClientOptions { Host = "127.0.0.1", Port = broker.Port }, time: time));
    }

    /// <summary>Nothing is sent for long enough.</summary>
    private async Task PingedAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(Step);
        }

        await _broker.ReceiveAsync(PacketType.Pingreq);
    }

    private async Task HearAsync()
    {
        _broker.Send(buffer => PublishPacket.Write(buffer, MqttVersion.V5, 0, "t"u8, 0, default, "p"u8));
        Assert.True(await _messages.MoveNextAsync());
    }
}
