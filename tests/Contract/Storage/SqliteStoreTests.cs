using Linewatch.Storage;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Storage;

public sealed class SqliteStoreTests : ReadingStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override Task<IReadingStore> OpenAsync() =>
        Task.FromResult(StoreFactory.Open(("Kind", "sqlite"), ("Path", _folder["sub/readings.db"])));

    public void Dispose() => _folder.Dispose();

    protected override Task CloseAsync() => Task.CompletedTask;
}
