using System.Globalization;
using Linewatch.Mqtt;
using Linewatch.Telemetry.Journaling;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Hosting;

/// <summary>What a broker dropped since it was last all right.</summary>
/// <param name="Messages">Messages that it had taken.</param>
/// <param name="Since">When that was first seen, UTC.</param>
/// <param name="LastSeen">When the figure last rose, UTC.</param>
internal sealed record BrokerLoss(long Messages, DateTime Since, DateTime LastSeen);

/// <summary>
/// Follows how many messages the plant's broker has dropped, as mosquitto tells it: with a subscriber's queue full it goes on to
/// acknowledge to the machines and throws away. Nothing that Linewatch receives shows that. The figure last seen is kept, so that
/// what was dropped while Linewatch was away is noticed too. A connection of its own, since brokers that keep such figures to
/// themselves may end one that asks. <see cref="Loss"/> may be asked by any thread.
/// </summary>
internal sealed partial class BrokerLosses(
    IOptions<MqttOptions> options, IOptions<JournalOptions> journal, TimeProvider clock, ILogger<BrokerLosses> logger) : BackgroundService
{
    private const string Topic = "$SYS/broker/publish/messages/dropped";

    /// <summary>When the figure has stayed as it is for so long the broker is all right again.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(10);

    private readonly string _file = Path.Combine(journal.Value.Folder, "dropped-by-broker");
    private long? _count;
    private volatile BrokerLoss? _loss;

    /// <summary>Address of the broker.</summary>
    public string Broker => $"{options.Value.Host}:{options.Value.Port}";

    /// <summary>What it drops; null while it is all right.</summary>
    public BrokerLoss? Loss => _loss is { } loss && Now - loss.LastSeen < Calm ? loss : null;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _count = Read();

        // Without a logger: the link that matters tells what is wrong with the broker.
        await using MqttClient client = new(options.Value.ToClient("-losses"), time: clock);
        try
        {
            client.Start();
            await client.SubscribeAsync(Topic, MqttQoS.AtMostOnce, stoppingToken);
            await foreach (MqttMessage message in client.ReadAllAsync(stoppingToken))
            {
                if (long.TryParse(message.Payload.Span, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
                {
                    Take(count);
                }
            }
        }
        catch (MqttSubscribeException refused)
        {
            LogUnknown(logger, Broker, refused.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Take(long count)
    {
        // One that has been restarted counts from 0.
        long dropped = _count is not { } before ? 0 : count >= before ? count - before : count;
        if (dropped > 0)
        {
            BrokerLoss? loss = Loss;
            _loss = new BrokerLoss((loss?.Messages ?? 0) + dropped, loss?.Since ?? Now, Now);
        }

        if (_count != count)
        {
            _count = count;
            Keep(count);
        }
    }

    private long? Read()
    {
        try
        {
            return long.TryParse(File.ReadAllText(_file), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Keep(long count)
    {
        try
        {
            File.WriteAllText(_file, count.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            LogNotKept(logger, _file, fault.Message);
        }
    }

    [LoggerMessage(7210, LogLevel.Information, "{Broker} does not tell how many messages it drops: {Reason}")]
    private static partial void LogUnknown(ILogger logger, string broker, string reason);

    [LoggerMessage(7211, LogLevel.Warning, "{File} cannot be written: {Reason}; what the broker drops while Linewatch is away may not be noticed")]
    private static partial void LogNotKept(ILogger logger, string file, string reason);
}
