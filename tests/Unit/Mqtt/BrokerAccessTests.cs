using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

public sealed class BrokerAccessTests : IAsyncLifetime
{
    private MqttBrokerHost _host = null!;

    public async Task InitializeAsync() => _host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions
    {
        SysInterval = TimeSpan.Zero,
        AnonymousRules = [new("test/nosubscribe", MqttAccess.Publish), new("secret/#", MqttAccess.None), new("#", MqttAccess.Both)],
        Users =
        [
            new MqttUser { Name = "filler", PasswordHash = MqttUser.Hash("cap"), Rules = [new("plant/%u/#", MqttAccess.Both), new("plant/#", MqttAccess.Subscribe)] },
            new MqttUser { Name = "spy", PasswordHash = MqttUser.Hash("spy"), Rules = [new("#", MqttAccess.Both)] },
        ],
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(MqttVersion.V311, MqttReasonCode.UnspecifiedError)]
    [InlineData(MqttVersion.V5, MqttReasonCode.UnspecifiedError)]
    public async Task A_filter_outside_the_access_list_is_refused_in_the_acknowledgement(MqttVersion version, MqttReasonCode expected)
    {
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, version, "a");

        Assert.Equal([expected], await client.SubscribeAsync("test/nosubscribe", MqttQoS.ExactlyOnce));
        Assert.Equal([expected], await client.SubscribeAsync("secret/x", MqttQoS.ExactlyOnce));
        Assert.Equal([expected], await client.SubscribeAsync("$share/g/secret/x", MqttQoS.ExactlyOnce));
        Assert.Equal([MqttReasonCode.GrantedQoS2], await client.SubscribeAsync("#", MqttQoS.ExactlyOnce));
    }

    [Fact]
    public async Task A_wildcard_subscription_shows_nothing_the_access_list_denies()
    {
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "a");
        await using RawClient spy = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "b", user: "spy", password: "spy");
        await spy.PublishAndWaitAsync("secret/kept", "x", retain: true);
        await client.SubscribeAsync("#", MqttQoS.AtLeastOnce);

        await spy.PublishAndWaitAsync("secret/live", "x");
        await spy.PublishAndWaitAsync("open", "x");

        Assert.Equal(["open"], (await client.DrainAsync()).Select(message => message.Topic));
    }

    [Theory]
    [InlineData("#", true)]
    [InlineData("+/+/speed", true)]
    [InlineData("plant", true)]
    [InlineData("plant/filler/#", true)]
    [InlineData("$share/g/+/filler", true)]
    [InlineData("other/#", false)]
    [InlineData("+", true)]
    [InlineData("plants/#", false)]
    [InlineData("other", false)]
    public async Task A_filter_is_granted_where_something_it_matches_may_be_received(string filter, bool granted)
    {
        await using RawClient filler = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "f", user: "filler", password: "cap");

        Assert.Equal([granted ? MqttReasonCode.Success : MqttReasonCode.UnspecifiedError], await filler.SubscribeAsync(filter, MqttQoS.AtMostOnce));
    }

    [Fact]
    public async Task A_filter_wider_than_the_access_list_brings_what_may_be_received()
    {
        await using RawClient filler = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "f", user: "filler", password: "cap");
        await filler.SubscribeAsync("#", MqttQoS.AtLeastOnce);
        await using RawClient spy = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "b", user: "spy", password: "spy");

        await spy.PublishAndWaitAsync("open", "x");
        await spy.PublishAndWaitAsync("plant/capper/state", "x");

        Assert.Equal(["plant/capper/state"], (await filler.DrainAsync()).Select(message => message.Topic));
    }

    [Theory]
    [InlineData("filler", "cap", MqttReasonCode.Success, MqttReasonCode.Success)]
    [InlineData("filler", "wrong", MqttReasonCode.NotAuthorized, MqttReasonCode.BadUserNameOrPassword)]
    [InlineData("nobody", "cap", MqttReasonCode.NotAuthorized, MqttReasonCode.BadUserNameOrPassword)]
    public async Task User_and_password_are_checked(string user, string password, MqttReasonCode of311, MqttReasonCode of5)
    {
        await using RawClient older = await RawClient.ConnectAsync(_host.Port, MqttVersion.V311, "a", user: user, password: password, expected: of311);
        await using RawClient newer = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "b", user: user, password: password, expected: of5);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_publish_outside_the_access_list_reaches_nobody(MqttVersion version)
    {
        await using RawClient witness = await RawClient.ConnectAsync(_host.Port, version, "w", user: "spy", password: "spy");
        await witness.SubscribeAsync("#", MqttQoS.AtMostOnce);
        await using RawClient filler = await RawClient.ConnectAsync(_host.Port, version, "f", user: "filler", password: "cap");

        filler.Publish("plant/capper/x", "forged", MqttQoS.AtLeastOnce, 5);
        Assert.Equal(version == MqttVersion.V5 ? MqttReasonCode.NotAuthorized : MqttReasonCode.Success, (await filler.ReceiveAsync(PacketType.Puback)).Reason);
        await filler.PublishAndWaitAsync("plant/filler/x", "real");

        Assert.Equal("real", (await witness.ReceivePublishAsync()).Payload);
    }

    [Fact]
    public async Task A_session_of_one_user_is_not_opened_for_another()
    {
        RawClient filler = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "id", clean: false, new MqttProperties { SessionExpiryInterval = 60 }, user: "filler", password: "cap");
        await filler.DisconnectAsync();

        await using RawClient anonymous = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "id", clean: false, expected: MqttReasonCode.ClientIdentifierNotValid);
    }

    [Fact]
    public void Every_broken_option_is_reported_with_its_limits()
    {
        MqttBrokerOptions options = new()
        {
            MaximumPacketSize = 1,
            ReceiveMaximum = 0,
            Users = [new MqttUser { Name = "u", PasswordHash = "plain" }, new MqttUser { Name = "u" }],
            AnonymousRules = [new("a/#/b", MqttAccess.Both)],
        };

        ArgumentException failure = Assert.Throws<ArgumentException>(() => new MqttBroker(options));

        foreach (string part in (string[])["MaximumPacketSize is 1; allowed: 128", "ReceiveMaximum is 0; allowed: 1", "'u' 2 times", "hash of 'u'", "'a/#/b'"])
        {
            Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        }
    }
}
