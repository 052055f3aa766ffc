using System.Globalization;
using Linewatch.BottlingPlant.Publishing;
using Linewatch.Jobs.Schedule;
using Linewatch.Mqtt;
using Linewatch.Server.Flow;
using Linewatch.Server.Hosting;
using Linewatch.Telemetry.Consuming;

namespace Linewatch.Server.Demo;

/// <summary>
/// The virtual plant of <c>linewatch demo</c>: publishes over real MQTT to Linewatch's own broker, first what happened since
/// it was last heard of as fast as it is acknowledged, then live. Keeps what it needs to go on after a restart.
/// </summary>
internal sealed class DemoPlant(
    DemoState state,
    Installation installation,
    JobSchedule jobs,
    [FromKeyedServices(AnalyticsFlow.StoreConsumer)] JournalConsumer storing,
    TimeProvider clock,
    ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Behind by no more than this, the plant is live.</summary>
    private static readonly TimeSpan LiveWithin = TimeSpan.FromSeconds(30);

    /// <summary>With no more messages waiting for the store than this, the history counts as stored.</summary>
    private const int LivePending = 1000;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using MqttClient client = new(
            new MqttClientOptions { Host = "127.0.0.1", Port = installation.BrokerEndpoint!.Port, ClientId = "virtual-plant" },
            loggers.CreateLogger<MqttClient>(),
            clock);
        client.Start();

        DateTime now = clock.GetUtcNow().UtcDateTime;
        DateTime from = state.PublishedThrough;
        PlantPublisher publisher = new(
            (message, token) => client.PublishAsync(message.Topic, message.Payload, MqttQoS.AtLeastOnce, retain: false, token), clock);
        Task publishing = Task.Run(() => publisher.RunAsync(state.Plant(now).Messages(from), stoppingToken), stoppingToken);
        try
        {
            await FollowAsync(publisher, publishing, from, now, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is not acknowledged is published again next time.
        }

        await publishing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        state.Save(publisher.AcknowledgedThrough);
    }

    private async Task FollowAsync(PlantPublisher publisher, Task publishing, DateTime from, DateTime now, CancellationToken stoppingToken)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Feeding the demo plant's last {(now - from).TotalHours:0.0} hours through MQTT; the pages answer already."));
        long started = clock.GetTimestamp();
        bool live = false;
        int told = 0;
        using PeriodicTimer timer = new(Step, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (publishing.IsFaulted)
            {
                await publishing;
            }

            state.Save(publisher.AcknowledgedThrough);
            if (live || publisher.AcknowledgedThrough is not { } reached)
            {
                continue;
            }

            TimeSpan elapsed = clock.GetElapsedTime(started);
            int tenths = now > from ? (int)(Math.Clamp((reached - from) / (now - from), 0, 1) * 10) : 10;
            if (tenths > told)
            {
                told = tenths;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {tenths * 10,3} %  {publisher.Acknowledged,9:N0} messages  {elapsed.TotalSeconds,3:0} s"));
            }

            if (reached >= now - LiveWithin && storing.Status.PendingMessages < LivePending)
            {
                live = true;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The history is in after {elapsed.TotalSeconds:0} s ({publisher.Acknowledged:N0} messages); the demo plant is live now."));

                // So that the first proposals are there at once and not at the next full hour.
                await jobs.TriggerAsync("forecast-wear", stoppingToken);
            }
        }
    }
}
