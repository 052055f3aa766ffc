using System.Globalization;
using System.Text;

namespace Linewatch.Mqtt;

/// <summary>The broker's own figures under <c>$SYS/broker/…</c>, retained so that a new subscriber sees them at once; not stored.</summary>
internal static class SysTopics
{
    /// <summary>Publishes them all; <paramref name="clock"/> is the broker's age in milliseconds.</summary>
    public static void Publish(MqttBroker broker, long clock)
    {
        Tell("uptime", clock / 1000);
        Tell("clients/connected", broker.ConnectedClients);
        Tell("clients/total", broker.Sessions);
        Tell("subscriptions/count", broker.SubscriptionCount);
        Tell("retained messages/count", broker.RetainedMessages);
        Tell("messages/received", broker.ReceivedMessages);
        Tell("publish/messages/dropped", broker.DroppedMessages);
        Tell("publish/messages/refused", broker.Refusals);

        void Tell(string name, long value)
        {
            BrokerMessage message = new()
            {
                Topic = Encoding.UTF8.GetBytes("$SYS/broker/" + name),
                Payload = Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture)),
            };
            broker.Router.Retained.Set(message);
            broker.Router.Publish(message);
        }
    }
}
