using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>A client whose bytes gather because its broker sends many messages, and then falls silent.</summary>
public sealed class ClientGatheringTests
{
    private const int Bursts = 100;
    private const int Burst = 2_000;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token;

    [Fact]
    public async Task Last_messages_of_a_flood_arrive_though_nothing_comes_behind_them()
    {
        await using ScriptedBroker broker = new();
        using FloodIntake intake = new();
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = broker.Port, Intake = intake });
        Task connecting = client.ConnectAsync(Limit);
        await broker.AcceptAsync();
        await connecting;

        for (int i = 0; i < Bursts; i++)
        {
            broker.Send(buffer => Write(buffer, Burst));
        }

        // While the client is at the flood's last message the last of all come in: its next read finds them without waiting.
        await intake.Flooded.WaitAsync(Limit);
        broker.Send(buffer => Write(buffer, 1));
        intake.GoOn();

        await intake.Ended.WaitAsync(Limit);
    }

    private static void Write(PacketBuffer buffer, int messages)
    {
        for (int i = 0; i < messages; i++)
        {
            PublishPacket.Write(buffer, MqttVersion.V5, 0, "t"u8, 0, default, "p"u8);
        }
    }

    /// <summary>Holds the client up at the last message of the flood.</summary>
    private sealed class FloodIntake : IMessageIntake, IDisposable
    {
        private readonly TaskCompletionSource _flooded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _goOn = new();

        public Task Flooded => _flooded.Task;

        public Task Ended => _ended.Task;

        public long SafeThrough { get; private set; }

        public long Accept(in PublishView message)
        {
            SafeThrough++;
            if (SafeThrough == Bursts * Burst)
            {
                _flooded.SetResult();
                _goOn.Wait(Limit);
            }
            else if (SafeThrough > Bursts * Burst)
            {
                _ended.SetResult();
            }

            return SafeThrough;
        }

        public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void GoOn() => _goOn.Set();

        public void Dispose() => _goOn.Dispose();
    }
}
