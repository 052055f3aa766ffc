using Linewatch.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Linewatch.Tests.Benchmarks.Storage;

/// <summary>A store opened from configuration keys, as the server does.</summary>
internal static class OpenStore
{
    public static async Task<IReadingStore> Async(params (string Key, string Value)[] settings)
    {
        IConfiguration section = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        IReadingStore store = new ServiceCollection().AddStorage(section).BuildServiceProvider().GetRequiredService<IReadingStore>();
        await store.EnsureCreatedAsync(default);
        return store;
    }
}
