using System.IO.Pipelines;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>A client may be gone before the broker has read, or finished with, what it sent last.</summary>
public sealed class BrokerGoodbyeTests
{
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task What_a_client_sent_last_is_taken_although_its_connection_has_closed_before_it_is_read(MqttVersion version)
    {
        BusyIntake intake = new();
        MqttBrokerOptions options = new() { SysInterval = TimeSpan.Zero, Intake = intake };
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(options, configureListener: Watch);
        MqttWill will = new() { Topic = "will", Payload = "gone without a word"u8.ToArray(), Retain = true };
        await using (RawClient client = await RawClient.ConnectAsync(host.Port, version, "brief", will: will))
        {
            client.Publish("last/words", "42");
            client.Send([0xE0, 0]);
        }

        // The socket is closed, with a message and a goodbye that nobody has read.
        intake.MakeRoom();
        await _served.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["last/words"], intake.Topics);
        Assert.Equal(0, host.Broker.RetainedMessages);
    }

    [Fact]
    public async Task What_a_client_sent_before_its_connection_broke_reaches_its_subscribers_at_once()
    {
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions { SysInterval = TimeSpan.Zero });
        await using RawClient subscriber = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "subscriber");
        await subscriber.SubscribeAsync("last/words", MqttQoS.AtMostOnce);
        PacketBuffer sent = new();
        new ConnectPacket { Version = MqttVersion.V5, ClientId = "broken", CleanStart = true }.Write(sent);
        PublishPacket.Write(sent, MqttVersion.V5, 0, "last/words"u8, 0, default, "42"u8);

        await host.Broker.ServeAsync(new BrokenPipe(sent.Written.ToArray()), "nowhere", null, () => { });

        Assert.Equal("42", (await subscriber.ReceivePublishAsync()).Payload);
    }

    private void Watch(ListenOptions listen) => listen.Use(next => async connection =>
    {
        await next(connection);
        _served.SetResult();
    });

    /// <summary>Has no room until told: the broker reads no further than CONNECT.</summary>
    private sealed class BusyIntake : IMessageIntake
    {
        private readonly TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Topics { get; } = [];

        public long SafeThrough => long.MaxValue;

        public void MakeRoom() => _room.SetResult();

        public long Accept(in PublishView message)
        {
            Topics.Add(Encoding.UTF8.GetString(message.Topic));
            return 1;
        }

        public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => new(_room.Task.WaitAsync(cancellationToken));
    }

    /// <summary>Brings some bytes; the next look for more finds the connection reset.</summary>
    private sealed class BrokenPipe(byte[] bytes) : PipeReader, IDuplexPipe
    {
        private readonly PipeReader _reader = Create(new MemoryStream(bytes));
        private bool _read;

        public PipeReader Input => this;

        public PipeWriter Output { get; } = PipeWriter.Create(Stream.Null);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult result = _read ? throw new IOException("reset") : await _reader.ReadAsync(cancellationToken);
            _read = true;
            return new ReadResult(result.Buffer, isCanceled: false, isCompleted: false);
        }

        public override bool TryRead(out ReadResult result) => _reader.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => _reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => _reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => _reader.Complete(exception);
    }
}
