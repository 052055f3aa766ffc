using Linewatch.Storage.Influx;
using Linewatch.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Linewatch.Storage;

/// <summary>Registers the store chosen by configuration.</summary>
public static class StorageServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IReadingStore"/> as a singleton. Options are checked at start. Nothing is opened yet: whoever writes
    /// first calls <see cref="IReadingStore.EnsureCreatedAsync"/> and repeats it while the store is away.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section <c>Linewatch:Storage</c>.</param>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration section)
    {
        services.AddOptions<StorageOptions>().Bind(section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton<StorageMetrics>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IReadingStore>(provider =>
        {
            StorageOptions options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            return options.IsInflux
                ? ActivatorUtilities.CreateInstance<InfluxReadingStore>(provider)
                : ActivatorUtilities.CreateInstance<SqliteReadingStore>(provider);
        });
        return services;
    }
}
