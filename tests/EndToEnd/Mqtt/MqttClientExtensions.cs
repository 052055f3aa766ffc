using Linewatch.Mqtt;

namespace Linewatch.Tests.EndToEnd.Mqtt;

/// <summary>What tests ask of a client.</summary>
internal static class MqttClientExtensions
{
    /// <summary>The next messages, each acknowledged.</summary>
    public static async Task<List<MqttMessage>> TakeAsync(this MqttClient client, int count, CancellationToken cancellationToken)
    {
        List<MqttMessage> taken = [];
        await foreach (MqttMessage message in client.ReadAllAsync(cancellationToken))
        {
            message.Acknowledge();
            taken.Add(message);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    /// <summary>Completes when the client is in a state; to be called before what brings it there.</summary>
    public static async Task WaitForAsync(this MqttClient client, MqttClientState state, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StateChanged += Check;
        Check(client);
        await reached.Task.WaitAsync(cancellationToken);
        client.StateChanged -= Check;

        void Check(MqttClient changed)
        {
            if (changed.State == state)
            {
                reached.TrySetResult();
            }
        }
    }
}
