using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.Reports;
using Linewatch.Operations.Rules;
using Linewatch.Operations.Shifts;
using Linewatch.Operations.WorkOrders;
using Linewatch.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations;

/// <summary>Registers what people act on: alerts, work orders and the database they are kept in.</summary>
public static class OperationsServices
{
    /// <summary>
    /// Adds alerts, incidents, notifications and work orders. Needs <see cref="Linewatch.Plants.CurrentPlant"/>; a registered
    /// <see cref="PublishNotification"/> lets notifications go out by MQTT. Options come from section <c>Operations</c>
    /// and are checked at start.
    /// </summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OperationsMetrics>();
        AddOptions<DatabaseOptions, DatabaseOptionsValidator>(services, DatabaseOptions.Section);
        services.TryAddSingleton<OperationsDatabase>();
        AddAlerts(services);
        AddNotifications(services);
        services.AddOptions<CmmsOptions>().BindConfiguration(CmmsOptions.Section);
        services.TryAddSingleton<CmmsLink>();
        services.TryAddSingleton<CmmsInbox>();
        services.TryAddSingleton<WorkOrderBook>();
        services.TryAddSingleton<ShiftBook>();
        services.TryAddSingleton<RestatementQueue>();
        services.TryAddSingleton<WorkOrderFile>();
        services.TryAddSingleton<WorkOrderLinks>();
        services.TryAddSingleton<CalendarFeedBook>();
        services.TryAddSingleton<MaintenancePlanBook>();
        services.TryAddSingleton<ReportBook>();
        AddOptions<ShiftReportOptions, ShiftReportOptionsValidator>(services, ShiftReportOptions.Section);
        services.TryAddSingleton<ShiftReporter>();
        return services;
    }

    /// <summary>Runs the alert rules over the journal, as a consumer of its own. Needs <see cref="AddOperations"/> and <c>AddTelemetry</c>.</summary>
    public static IServiceCollection AddAlertRules(this IServiceCollection services)
    {
        services.AddSingleton<RuleFlow>();
        services.AddHostedService(provider => provider.GetRequiredService<RuleFlow>());
        return services.AddReadingConsumer(RuleFlow.Consumer, provider => provider.GetRequiredService<RuleFlow>().HandleAsync, gathers: _ => TelemetryServices.UsualGathering);
    }

    private static void AddAlerts(IServiceCollection services)
    {
        AddOptions<AlertRulesOptions, AlertRulesOptionsValidator>(services, AlertRulesOptions.Section);
        services.TryAddSingleton<IncidentDesk>();
        services.TryAddSingleton<AlertBook>();
        services.TryAddSingleton<VerdictBook>();
        services.TryAddSingleton<IncidentBook>();
        services.TryAddSingleton<LineAlertsFactory>();
    }

    private static void AddNotifications(IServiceCollection services)
    {
        AddOptions<NotificationOptions, NotificationOptionsValidator>(services, NotificationOptions.Section);
        services.AddHttpClient(HttpNotifier.Client);
        services.TryAddSingleton<NotificationPlan>();
        services.TryAddSingleton<NotificationBook>();
        services.AddSingleton<INotifier, SmtpNotifier>();
        foreach (NotificationChannelKind kind in (NotificationChannelKind[])[NotificationChannelKind.Webhook, NotificationChannelKind.Teams, NotificationChannelKind.Slack])
        {
            services.AddSingleton<INotifier>(provider => new HttpNotifier(
                kind, provider.GetRequiredService<IHttpClientFactory>(), provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton<INotifier>(provider => new MqttNotifier(provider.GetService<PublishNotification>()));
        services.AddHostedService<NotificationSender>();
    }

    private static void AddOptions<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
    }
}
