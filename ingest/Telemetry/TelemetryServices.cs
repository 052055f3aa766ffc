using Linewatch.Mqtt;
using Linewatch.Plants;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Quarantining;
using Linewatch.Telemetry.Sparkplug;
using Linewatch.Telemetry.Watching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Linewatch.Telemetry;

/// <summary>Puts journal, decoding, quarantine and balance into a service collection.</summary>
public static class TelemetryServices
{
    /// <summary>
    /// How long a consumer gathers that wakes threads and asks every line for each batch: a busy journal is synced hundreds of
    /// times a second.
    /// </summary>
    public static readonly TimeSpan UsualGathering = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Adds the journal as the <see cref="IMessageIntake"/>, the quarantine and the balance, set by the sections
    /// <c>Journal</c> and <c>Quarantine</c>. Needs a <see cref="CurrentPlant"/>.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<JournalOptions>().Bind(configuration.GetSection("Journal")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<QuarantineOptions>().Bind(configuration.GetSection("Quarantine")).ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TelemetryMetrics>();
        services.AddSingleton<RebirthRequests>();
        services.AddSingleton<ClockWatch>();
        services.AddSingleton(provider => new SilenceWatch(provider.GetRequiredService<CurrentPlant>().Value));
        services.AddSingleton(provider => Journal.Open(
            provider.GetRequiredService<IOptions<JournalOptions>>().Value,
            provider.GetRequiredService<TelemetryMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Journal>>()));
        services.AddSingleton<DecodedStretches>();
        services.AddSingleton<IMessageIntake>(provider => provider.GetRequiredService<Journal>());
        services.AddSingleton(provider => new Quarantine(
            provider.GetRequiredService<IOptions<QuarantineOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new MessageBalance(
            Path.Combine(provider.GetRequiredService<IOptions<JournalOptions>>().Value.Folder, "balance")));
        return services;
    }

    /// <summary>
    /// Adds a consumer of the journal that runs with the host. Exactly one consumer keeps the ledger: the one that stores
    /// readings. All consumers are found as <see cref="IEnumerable{JournalConsumer}"/>. <paramref name="gathers"/> tells how long
    /// the messages of a steady stream may wait to be handed over together; null = not at all.
    /// </summary>
    public static IServiceCollection AddReadingConsumer(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, ReadingHandler> handler,
        bool keepsLedger = false,
        Func<IServiceProvider, TimeSpan>? gathers = null)
    {
        services.AddKeyedSingleton(name, (provider, _) => new JournalConsumer(
            name,
            provider.GetRequiredService<Journal>(),
            provider.GetRequiredService<CurrentPlant>(),
            handler(provider),
            keepsLedger ? ActivatorUtilities.CreateInstance<Ledger>(provider) : null,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JournalConsumer>>(),
            gathers?.Invoke(provider) ?? TimeSpan.Zero,
            provider.GetRequiredService<DecodedStretches>()));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<JournalConsumer>(name));
        services.AddSingleton<IHostedService>(provider => new ConsumerHost(provider.GetRequiredKeyedService<JournalConsumer>(name)));
        return services;
    }

    private sealed class ConsumerHost(JournalConsumer consumer) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => consumer.RunAsync(stoppingToken), stoppingToken);
    }
}
