using Linewatch.Storage;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Storage;

public sealed class SqliteStoreTests : ReadingStoreContract
{
    private readonly TemporaryFolder _folder = new();

    protected override Task<IReadingStore> OpenAsync() =>
        Task.FromResult(StoreFactory.Open(("Kind", "sqlite"), ("Path", _folder["sub/readings.db"])));

    protected override Task CloseAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
