using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Tests.Servers;
using static Linewatch.Tests.Contract.Storage.TestSignals;

namespace Linewatch.Tests.Contract.Storage;

public sealed class SqliteStoreTests : ReadingStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Deleting_old_readings_keeps_their_downsampled_windows_and_everything_later()
    {
        Signal signal = Signal("torque");
        await WriteAsync([.. Enumerable.Range(0, 7200).Select(i => At(signal, i, i))]);
        await Store.DownsampleAsync(Start, Start.AddHours(2), default);

        long? deleted = await Store.DeleteBeforeAsync(Start.AddMinutes(65), default);
        await Store.DownsampleAsync(Start, Start.AddHours(2), default);

        Assert.Equal(3600, deleted);
        Assert.Equal(3600, await CountAsync(signal));
        IReadOnlyList<WindowAggregate> hours = await Store.AggregateAsync(signal.Path, Start, Start.AddHours(2), TimeSpan.FromHours(1), default);
        Assert.Equal([(3600L, 0.0, 3599.0), (3600L, 3600.0, 7199.0)], hours.Select(hour => (hour.Count, hour.First, hour.Last)));
    }

    protected override Task<IReadingStore> OpenAsync() =>
        Task.FromResult(StoreFactory.Open(("Kind", "sqlite"), ("Path", _folder["sub/readings.db"])));

    public void Dispose() => _folder.Dispose();

    protected override Task CloseAsync() => Task.CompletedTask;
}
