using System.Diagnostics.Metrics;
using Linewatch.Storage;
using Linewatch.Storage.Sqlite;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Jobs;

/// <summary>The embedded reading store in a folder of its own.</summary>
public sealed class StoredReadings : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public StoredReadings()
    {
        StorageOptions options = new() { Path = _folder["readings.db"] };
        Store = new SqliteReadingStore(Options.Create(options), new StorageMetrics(_meters.GetRequiredService<IMeterFactory>()), TimeProvider.System);
    }

    public IReadingStore Store { get; }

    public async Task WriteAsync(IReadOnlyList<Reading> readings)
    {
        await Store.EnsureCreatedAsync(CancellationToken.None);
        Assert.Empty(await Store.WriteAsync(readings.ToArray(), CancellationToken.None));
    }

    public void Dispose()
    {
        Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _meters.Dispose();
        _folder.Dispose();
    }
}
