using System.Globalization;
using Linewatch.Mqtt;
using Linewatch.Server.Hosting;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Server.Live;

/// <summary>How each part of this process is doing. Thread-safe.</summary>
/// <param name="journal">The journal.</param>
/// <param name="consumers">What reads it: the store, the analytics.</param>
/// <param name="link">The connection to the plant's broker, where there is one.</param>
/// <param name="broker">The embedded broker, where it is used.</param>
internal sealed class ServiceStatus(Journal journal, IEnumerable<JournalConsumer> consumers, BrokerLink? link = null, MqttBroker? broker = null)
{
    /// <summary>Every part, in the order of the messages' way.</summary>
    public IReadOnlyList<PartStatus> All()
    {
        List<PartStatus> parts = [];
        if (link is not null)
        {
            parts.Add(new PartStatus("broker", link.Problem is null, link.Problem is { } problem ? $"{link.Broker}: {problem}. It is tried again." : $"Connected to {link.Broker}", null));
        }

        if (broker is not null)
        {
            parts.Add(new PartStatus("broker", true, string.Create(CultureInfo.InvariantCulture, $"Embedded; {broker.ConnectedClients} clients connected"), null));
        }

        parts.Add(Journal());
        parts.AddRange(consumers.Select(consumer => Consumer(consumer.Status)));
        return parts;
    }

    private PartStatus Journal() => journal switch
    {
        { Failure: { } failure } => new PartStatus("journal", false, $"Cannot write: {failure.Message}. Nothing is acknowledged until it can.", null),
        { IsFull: true } => new PartStatus("journal", false, "Full: messages wait at the broker until the store has caught up.", null),
        _ => new PartStatus("journal", true, string.Create(CultureInfo.InvariantCulture, $"{journal.BytesOnDisk / 1048576.0:0.#} MiB on disk"), null),
    };

    private static PartStatus Consumer(ConsumerStatus status) => status.Failure is { } failure
        ? new PartStatus(status.Name, false, string.Create(CultureInfo.InvariantCulture, $"{failure} It is tried again; {status.PendingMessages:#,0} messages wait in the journal."), status.FailingSince)
        : new PartStatus(status.Name, true, string.Create(CultureInfo.InvariantCulture, $"{status.PendingMessages:#,0} messages pending, {status.HandledReadings:#,0} readings since the start"), null);
}

/// <summary>One part of the process: whether it does its work, one sentence, and since when (UTC).</summary>
internal sealed record PartStatus(string Part, bool IsOk, string Detail, DateTime? Since);
