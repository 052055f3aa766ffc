using System.Diagnostics.Metrics;
using System.Globalization;
using Linewatch.Mqtt;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Journaling;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>Machines at QoS 1 → embedded broker → journal synced → PUBACK, no store; beside it the same broker that keeps nothing.</summary>
internal static class BrokerJournalBenchmark
{
    private const int PacedRate = 1000;

    /// <summary>Measures and prints.</summary>
    /// <param name="seconds">Length of each load.</param>
    /// <param name="turns">How often; journal and nothing take turns.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int seconds, int turns, CancellationToken cancellationToken)
    {
        for (int turn = 1; turn <= turns; turn++)
        {
            await OneAsync("journal synced", seconds, withJournal: true, 0, cancellationToken);
            await OneAsync("nothing kept", seconds, withJournal: false, 0, cancellationToken);
            await OneAsync(string.Create(CultureInfo.InvariantCulture, $"journal synced at {PacedRate:N0}/s"), seconds, withJournal: true, PacedRate, cancellationToken);
        }
    }

    private static async Task OneAsync(string what, int seconds, bool withJournal, int rate, CancellationToken cancellationToken)
    {
        using TemporaryFolder folder = new();
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using TelemetryMetrics metrics = new(services.GetRequiredService<IMeterFactory>());
        await using Journal? journal = withJournal
            ? Journal.Open(new JournalOptions { Folder = folder.Path, MaxBytes = 1L << 40 }, metrics, TimeProvider.System, NullLogger<Journal>.Instance)
            : null;
        await using MqttBrokerHost broker = await MqttBrokerHost.StartAsync(new MqttBrokerOptions { Intake = journal });
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        LoadResult load = await MessageLoad.RunAsync(broker.Port, seconds, rate, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-28} {load.Acknowledged / load.Seconds,9:N0} messages/s acknowledged, send to PUBACK p50 {load.P50:0.0} ms, p99 {load.P99:0.0} ms; {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / load.Acknowledged:0.00} µs CPU a message here, {load.CpuSeconds * 1e6 / load.Acknowledged:0.00} µs in the publishers"));
    }
}
