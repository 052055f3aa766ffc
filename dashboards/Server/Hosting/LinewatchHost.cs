using Linewatch.Analytics.Anomalies;
using Linewatch.Jobs;
using Linewatch.Jobs.Forecasting;
using Linewatch.Mqtt;
using Linewatch.Operations;
using Linewatch.Operations.Notifications;
using Linewatch.Plants;
using Linewatch.Server.Api;
using Linewatch.Server.Flow;
using Linewatch.Server.Pages;
using Linewatch.Server.Quality;
using Linewatch.Server.Quarantining;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Hosting;

/// <summary>Puts the whole product together.</summary>
internal static class LinewatchHost
{
    /// <summary>Builds the product around a checked plant.</summary>
    /// <param name="plant">The plant.</param>
    /// <param name="installation">The installation's settings.</param>
    /// <param name="addMore">Further services, for instance the demo plant.</param>
    public static WebApplication Build(Plant plant, Installation installation, Action<IServiceCollection>? addMore = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(installation.Configuration);
        builder.Services.AddSingleton(new CurrentPlant(plant));
        builder.Services.AddInstallation();
        builder.Services.AddTelemetry(builder.Configuration);
        builder.Services.AddStorage(builder.Configuration.GetSection("Storage"));
        builder.Services.AddOperations();
        builder.Services.AddFlow(installation);
        builder.Services.AddAlertRules();
        builder.Services.AddJobs();
        builder.Services.AddWeb();
        builder.Services.AddMessageSource(installation.Mqtt);
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PlantWatcher>(provider, installation.Server.Plant));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<PlantWatcher>());
        builder.Services.AddQuarantineDesk();
        addMore?.Invoke(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // The broker's port first: whoever gets an answer from the API finds it open.
            if (installation.BrokerEndpoint is { } broker)
            {
                kestrel.Listen(broker, listen => listen.UseMqttBroker());
            }

            installation.WebEndpoints.ForEach(kestrel.Listen);
        });

        WebApplication app = builder.Build();
        if (installation.Mqtt.IsEmbedded)
        {
            app.UseWebSockets();
            app.MapMqttBroker("/mqtt");
        }

        app.MapApi();
        app.MapPages();
        return app;
    }

    private static void AddInstallation(this IServiceCollection services)
    {
        services.AddOptions<ServerOptions>().BindConfiguration("").ValidateOnStart();
        services.AddOptions<WebOptions>().BindConfiguration("Web").ValidateOnStart();
        services.AddOptions<MqttOptions>().BindConfiguration("Mqtt").ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsValidator>();
        services.AddSingleton<IValidateOptions<WebOptions>, WebOptionsValidator>();
        services.AddSingleton<IValidateOptions<MqttOptions>, MqttOptionsValidator>();
    }

    private static void AddFlow(this IServiceCollection services, Installation installation)
    {
        services.AddSingleton<StoreWriter>();
        services.AddSingleton(new MonitorSettings(installation.Detectors, installation.DutyDetectors));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<MonitorFile>(
            provider, Path.Combine(installation.Server.Data, "monitors.state")));
        services.AddSingleton<DerivedPointWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<DerivedPointWriter>());
        services.AddSingleton<LineHistory>();
        services.AddSingleton<ShiftRestater>();
        services.AddSingleton<AnalyticsFlow>();
        services.AddHostedService(provider => provider.GetRequiredService<AnalyticsFlow>());
        services.AddSingleton<RunningLines>(provider => () => provider.GetRequiredService<AnalyticsFlow>().Running);
        services.AddHostedService<Judgements>();
        services.AddSingleton<DetectorRecord>();
        services.AddHostedService<TrainedModels>();
        services.AddSingleton<DriftWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DriftWatch>());
        services.AddHostedService<IngestWatch>();
        services.AddHostedService<QualityWatch>();
        services.AddHostedService<HealthWatch>();
        services.AddReadingConsumer(AnalyticsFlow.StoreConsumer, provider => provider.GetRequiredService<StoreWriter>().HandleAsync, keepsLedger: true,
            gathers: provider => TimeSpan.FromMilliseconds(provider.GetRequiredService<IOptions<StorageOptions>>().Value.FlushMilliseconds));
        services.AddReadingConsumer(AnalyticsFlow.Consumer, provider => provider.GetRequiredService<AnalyticsFlow>().HandleAsync,
            gathers: _ => TelemetryServices.UsualGathering);
    }

    private static void AddMessageSource(this IServiceCollection services, MqttOptions mqtt)
    {
        if (mqtt.IsEmbedded)
        {
            services.AddMqttBroker(_ => { });
            services.AddSingleton<PublishNotification>(provider => (topic, payload, _) =>
            {
                provider.GetRequiredService<MqttBroker>().Publish(topic, payload, MqttQoS.AtLeastOnce, retain: false);
                return Task.CompletedTask;
            });
        }
        else
        {
            services.AddSingleton<BrokerLink>();
            services.AddHostedService(provider => provider.GetRequiredService<BrokerLink>());
            services.AddSingleton<BrokerLosses>();
            services.AddHostedService(provider => provider.GetRequiredService<BrokerLosses>());
            services.AddSingleton<PublishNotification>(provider => provider.GetRequiredService<BrokerLink>().PublishAsync);
        }

        services.AddHostedService<SparkplugHost>();
    }
}
