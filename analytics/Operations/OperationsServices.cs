using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Linewatch.Operations.WorkOrders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations;

/// <summary>Registers what people act on: alerts, work orders and the database they are kept in.</summary>
public static class OperationsServices
{
    /// <summary>Adds alerts and work orders. Options come from section <c>Operations</c> and are checked at start.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>());
        services.TryAddSingleton<OperationsDatabase>();
        services.TryAddSingleton<AlertBook>();
        services.TryAddSingleton<WorkOrderBook>();
        return services;
    }
}
