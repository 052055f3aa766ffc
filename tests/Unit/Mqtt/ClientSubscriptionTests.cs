using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>A client that is connected has every subscription it was asked for; one that is refused is told, not kept quiet.</summary>
public sealed class ClientSubscriptionTests : IAsyncLifetime
{
    private ScriptedBroker _broker = null!;
    private MqttClient _client = null!;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public Task InitializeAsync()
    {
        (_broker, _client) = Create();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_subscription_is_thrown_to_its_caller()
    {
        await ConnectAsync();

        Task subscribing = _client.SubscribeAsync("a", MqttQoS.AtLeastOnce, Limit);
        await AnswerAsync("a", MqttReasonCode.NotAuthorized);

        MqttSubscribeException refused = await Assert.ThrowsAsync<MqttSubscribeException>(() => subscribing);
        Assert.Equal(("a", MqttReasonCode.NotAuthorized), (refused.Filter, refused.ReasonCode));
    }

    [Fact]
    public async Task A_subscription_refused_with_the_first_connection_is_thrown_to_its_caller_and_the_others_stay()
    {
        _client.Start();
        Task granted = _client.SubscribeAsync("granted", MqttQoS.AtLeastOnce, Limit);
        Task refused = _client.SubscribeAsync("refused", MqttQoS.AtLeastOnce, Limit);
        await _broker.AcceptAsync();
        await AnswerAsync("granted", MqttReasonCode.GrantedQoS1);
        await AnswerAsync("refused", MqttReasonCode.NotAuthorized);

        await granted;
        await Assert.ThrowsAsync<MqttSubscribeException>(() => refused);
        await ExpectPublishAsync();
    }

    [Fact]
    public async Task Without_its_session_every_subscription_is_made_again_before_the_client_is_connected()
    {
        await ConnectAsync();
        await SubscribeAsync("a");
        await SubscribeAsync("$share/group/b");
        _broker.Cut();

        await _broker.AcceptAsync(sessionPresent: false);
        await AnswerAsync("a", MqttReasonCode.GrantedQoS1);
        Assert.NotEqual(MqttClientState.Connected, _client.State);
        await AnswerAsync("$share/group/b", MqttReasonCode.GrantedQoS1);

        await ExpectPublishAsync();
    }

    [Fact]
    public async Task With_its_session_nothing_is_subscribed_again()
    {
        await ConnectAsync();
        await SubscribeAsync("a");
        _broker.Cut();

        await _broker.AcceptAsync(sessionPresent: true);

        await ExpectPublishAsync();
    }

    [Fact]
    public async Task A_subscription_that_was_granted_and_is_now_refused_is_a_failed_connection_and_tried_again()
    {
        await ConnectAsync();
        await SubscribeAsync("a");
        List<string?> errors = [];
        _client.StateChanged += client => errors.Add(client.LastError);
        _broker.Cut();
        await _broker.AcceptAsync(sessionPresent: false);
        await AnswerAsync("a", MqttReasonCode.NotAuthorized);
        await _broker.UntilClosedAsync();

        await _broker.AcceptAsync(sessionPresent: false);
        await AnswerAsync("a", MqttReasonCode.GrantedQoS1);

        await ExpectPublishAsync();
        Assert.Contains(errors, error => error?.Contains("subscription to 'a': NotAuthorized (0x87)", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_subscription_withdrawn_before_there_was_a_connection_is_not_made()
    {
        _client.Start();
        using CancellationTokenSource withdraw = new();
        Task subscribing = _client.SubscribeAsync("a", MqttQoS.AtLeastOnce, withdraw.Token);
        await withdraw.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => subscribing);

        await _broker.AcceptAsync();

        await ExpectPublishAsync();
    }

    private static (ScriptedBroker Broker, MqttClient Client) Create()
    {
        ScriptedBroker broker = new();
        MqttClient client = new(new MqttClientOptions
        {
            Host = "127.0.0.1",
            Port = broker.Port,
            ResponseTimeout = TimeSpan.FromMinutes(1),
            ReconnectMinimum = TimeSpan.FromMilliseconds(10),
            ReconnectMaximum = TimeSpan.FromMilliseconds(20),
        });
        return (broker, client);
    }

    private async Task ConnectAsync()
    {
        Task connecting = _client.ConnectAsync(Limit);
        await _broker.AcceptAsync();
        await connecting;
    }

    private async Task SubscribeAsync(string filter)
    {
        Task subscribing = _client.SubscribeAsync(filter, new SubscriptionOptions(MqttQoS.AtLeastOnce) { NoLocal = !filter.StartsWith('$') }, 7, Limit);
        await AnswerAsync(filter, MqttReasonCode.GrantedQoS1);
        await subscribing;
    }

    /// <summary>Expects a SUBSCRIBE of one filter, with the options it was asked for, and answers it.</summary>
    private async Task AnswerAsync(string filter, MqttReasonCode answer)
    {
        SubscribePacket packet = SubscribePacket.Decode((await _broker.ReceiveAsync(PacketType.Subscribe)).Body, MqttVersion.V5);
        FilterRequest request = Assert.Single(packet.Filters);
        Assert.Equal((filter, MqttQoS.AtLeastOnce), (request.Filter, request.Options.QoS));
        Assert.Equal(packet.SubscriptionIdentifier == 7 && filter == "a", request.Options.NoLocal);
        _broker.Send(buffer => new SubackPacket(PacketType.Suback, packet.PacketId, [answer]).Write(buffer, MqttVersion.V5));
    }

    /// <summary>The client is connected, and the next thing it says is a publish: it neither subscribes nor has gone.</summary>
    private async Task ExpectPublishAsync()
    {
        await _client.PublishAsync("next", "p"u8.ToArray(), MqttQoS.AtMostOnce, retain: false, Limit);
        await _broker.ReceiveAsync(PacketType.Publish);
    }
}
