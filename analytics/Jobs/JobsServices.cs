using Linewatch.Analytics.Anomalies;
using Linewatch.Jobs.Forecasting;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Planning;
using Linewatch.Jobs.Reporting;
using Linewatch.Jobs.Schedule;
using Linewatch.Jobs.Training;
using Linewatch.Jobs.Upkeep;
using Linewatch.Operations.Database;
using Linewatch.Plants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs;

/// <summary>Registers the schedule and the jobs.</summary>
public static class JobsServices
{
    /// <summary>Adds the schedule, its history and every job. Needs <c>AddOperations</c>, <c>AddStorage</c>, <c>AddTelemetry</c> and <see cref="CurrentPlant"/>.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddJobSchedule();
        services.AddOptions<ForecastWearOptions>().BindConfiguration(ForecastWearOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ForecastWearOptions>, ForecastWearOptionsValidator>());
        services.AddOptions<PlanMaintenanceOptions>().BindConfiguration(PlanMaintenanceOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PlanMaintenanceOptions>, PlanMaintenanceOptionsValidator>());
        services.TryAddSingleton<PlanBook>();
        services.TryAddSingleton<ComponentRunBook>();
        services.TryAddSingleton<HealthBook>();
        services.AddOptions<TrainDetectorsOptions>().BindConfiguration(TrainDetectorsOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TrainDetectorsOptions>, TrainDetectorsOptionsValidator>());
        services.TryAddSingleton(MonitorSettings.Default);
        services.TryAddSingleton<ModelBook>();
        services.AddOptions<UpkeepOptions>().BindConfiguration(UpkeepOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UpkeepOptions>, UpkeepOptionsValidator>());
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IScheduledJob, ForecastWear>(),
            ServiceDescriptor.Singleton<IScheduledJob, OpenRecurringOrders>(),
            ServiceDescriptor.Singleton<IScheduledJob, PlanMaintenance>(),
            ServiceDescriptor.Singleton<IScheduledJob, ReportShifts>(),
            ServiceDescriptor.Singleton<IScheduledJob, TrainDetectors>(),
            ServiceDescriptor.Singleton<IScheduledJob, DownsampleReadings>(),
            ServiceDescriptor.Singleton<IScheduledJob, RetainData>(),
            ServiceDescriptor.Singleton<IScheduledJob, BackUpOperations>(),
            ServiceDescriptor.Singleton<IScheduledJob, CheckBalance>(),
        ]);
        return services;
    }

    /// <summary>Adds the schedule and its history without any job; each <see cref="IScheduledJob"/> registered is run by it.</summary>
    public static IServiceCollection AddJobSchedule(this IServiceCollection services)
    {
        services.AddOptions<JobScheduleOptions>().BindConfiguration(JobScheduleOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JobScheduleOptions>, JobScheduleOptionsValidator>());
        services.TryAddSingleton<JobRegistry>();
        services.TryAddSingleton<JobHistory>();
        services.TryAddSingleton(provider => new JobSchedule(
            provider.GetRequiredService<JobRegistry>(),
            provider.GetRequiredService<JobHistory>(),
            provider.GetRequiredService<OperationsDatabase>(),
            provider.GetRequiredService<CurrentPlant>(),
            provider.GetRequiredService<IOptions<JobScheduleOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => provider.GetRequiredService<JobSchedule>());
        return services;
    }
}
