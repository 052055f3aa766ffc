using System.Net.Sockets;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>A broker that sends more unacknowledged messages than it may: mosquitto 2.0 does when it resumes a session.</summary>
public sealed class ClientExcessTests
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    [Fact]
    public async Task Excess_ends_the_connection_with_0x93_where_it_is_not_allowed()
    {
        await using ScriptedBroker broker = new();
        using HeldIntake intake = new();
        await using MqttClient client = await ConnectAsync(broker, intake, allowExcess: false);

        Publish(broker, 3);

        Assert.Equal(MqttReasonCode.ReceiveMaximumExceeded, DisconnectPacket.Decode((await broker.ReceiveAsync(PacketType.Disconnect)).AsFrame(), MqttVersion.V5).ReasonCode);
        Assert.Equal(2, intake.Accepted);
    }

    [Fact]
    public async Task Excess_is_taken_and_acknowledged_where_it_is_allowed()
    {
        await using ScriptedBroker broker = new();
        using HeldIntake intake = new();
        await using MqttClient client = await ConnectAsync(broker, intake, allowExcess: true);

        Publish(broker, 20);
        await intake.TookAsync(20, Limit);
        intake.MakeSafe();

        List<ushort> acknowledged = [];
        for (int i = 0; i < 20; i++)
        {
            acknowledged.Add(AckPacket.Decode((await broker.ReceiveAsync(PacketType.Puback)).AsFrame(), MqttVersion.V5).PacketId);
        }

        Assert.Equal(Enumerable.Range(1, 20), acknowledged.Select(id => (int)id));
    }

    [Fact]
    public async Task Broker_that_sends_and_does_not_read_is_given_up_before_it_fills_the_memory()
    {
        await using ScriptedBroker broker = new();
        using HeldIntake intake = new();
        intake.MakeSafe();
        await using MqttClient client = await ConnectAsync(broker, intake, allowExcess: true);
        TaskCompletionSource<string> lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StateChanged += changed =>
        {
            if (changed.LastError is { } error)
            {
                lost.TrySetResult(error);
            }
        };

        await Assert.ThrowsAsync<SocketException>(() => Task.Run(() =>
        {
            while (true)
            {
                Publish(broker, 10_000);
            }
        }));

        Assert.Contains("sends and does not read", await lost.Task.WaitAsync(Limit), StringComparison.Ordinal);
    }

    private static async Task<MqttClient> ConnectAsync(ScriptedBroker broker, IMessageIntake intake, bool allowExcess)
    {
        MqttClient client = new(new MqttClientOptions
        {
            Host = "127.0.0.1",
            Port = broker.Port,
            Intake = intake,
            ReceiveMaximum = 2,
            AllowExcess = allowExcess,
            MaximumUnsent = 1 << 20,
        });
        Task connecting = client.ConnectAsync(Limit);
        await broker.AcceptAsync();
        await connecting;
        return client;
    }

    private static void Publish(ScriptedBroker broker, int messages) => broker.Send(buffer =>
    {
        for (int id = 1; id <= messages; id++)
        {
            PublishPacket.Write(buffer, MqttVersion.V5, 1 << 1, "t"u8, (ushort)id, default, "p"u8);
        }
    });

    /// <summary>An intake that keeps messages unsafe until it is told otherwise.</summary>
    private sealed class HeldIntake : IMessageIntake, IDisposable
    {
        private readonly TaskCompletionSource _safe = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _accepted = new(0);
        private long _last;

        public long Accepted => Volatile.Read(ref _last);

        public long SafeThrough => _safe.Task.IsCompleted ? Accepted : 0;

        public long Accept(in PublishView message)
        {
            long receipt = Interlocked.Increment(ref _last);
            _accepted.Release();
            return receipt;
        }

        public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) => new(_safe.Task.WaitAsync(cancellationToken));

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void MakeSafe() => _safe.TrySetResult();

        public void Dispose() => _accepted.Dispose();

        public async Task TookAsync(int messages, CancellationToken cancellationToken)
        {
            for (int i = 0; i < messages; i++)
            {
                await _accepted.WaitAsync(cancellationToken);
            }
        }
    }
}
