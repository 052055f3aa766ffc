using System.Diagnostics.Metrics;
using Linewatch.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>Opens a store the way the server does, from configuration keys.</summary>
internal static class StoreFactory
{
    public static IReadingStore Open(params (string Key, string Value)[] settings)
    {
        IConfiguration section = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        return new ServiceCollection().AddStorage(section).BuildServiceProvider().GetRequiredService<IReadingStore>();
    }
}
