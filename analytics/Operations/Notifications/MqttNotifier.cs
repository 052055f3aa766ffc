using System.Text;

namespace Linewatch.Operations.Notifications;

/// <summary>Publishes a message to MQTT at QoS 1; completes once the broker has acknowledged it.</summary>
/// <param name="topic">Topic.</param>
/// <param name="payload">Payload.</param>
/// <param name="cancellationToken">Gives up.</param>
public delegate Task PublishNotification(string topic, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

/// <summary>A message on an MQTT topic, with the machine payload.</summary>
internal sealed class MqttNotifier(PublishNotification? publish) : INotifier
{
    public NotificationChannelKind Kind => NotificationChannelKind.Mqtt;

    public Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken) => publish is null
        ? throw new InvalidOperationException("this process has no MQTT connection to publish notifications on")
        : publish(channel.Topic, Encoding.UTF8.GetBytes(notification.Payload), cancellationToken);
}
