using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using Microsoft.Data.Sqlite;
using static Linewatch.Tests.Contract.Storage.TestSignals;

namespace Linewatch.Tests.Contract.Storage;

public sealed class SqliteFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Readings_survive_a_restart()
    {
        Signal speed = Signal("speed");
        await using (IReadingStore first = Open())
        {
            await first.WriteAsync(new[] { At(speed, 0, 1) }, default);
        }

        await using IReadingStore second = Open();
        await second.WriteAsync(new[] { At(Signal("speed"), 1, 2) }, default);

        Assert.Equal(2, await second.CountAsync(speed.Path, DateTime.MinValue, DateTime.MaxValue, default));
    }

    [Fact]
    public async Task Reader_sees_what_is_committed_while_another_process_holds_the_file_open()
    {
        Signal speed = Signal("speed");
        await using IReadingStore writer = Open();
        await using IReadingStore reader = Open();
        await writer.WriteAsync(new[] { At(speed, 0, 1) }, default);

        Assert.Equal(1, (await reader.LastAsync(speed.Path, DateTime.MaxValue, default))?.Value);
    }

    [Fact]
    public async Task File_that_is_no_database_is_left_alone_and_named()
    {
        await File.WriteAllTextAsync(_folder["readings.db"], new string('x', 5_000));
        await using IReadingStore store = Open();

        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.EnsureCreatedAsync(default));

        Assert.Contains(_folder["readings.db"], fault.Message, StringComparison.Ordinal);
        Assert.Equal(5_000, new FileInfo(_folder["readings.db"]).Length);
    }

    [Fact]
    public async Task File_of_a_later_version_is_refused()
    {
        await using (IReadingStore store = Open())
        {
            await store.EnsureCreatedAsync(default);
        }

        using (SqliteConnection connection = new($"Data Source={_folder["readings.db"]};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand raise = connection.CreateCommand();
            raise.CommandText = "PRAGMA user_version = 99";
            raise.ExecuteNonQuery();
        }

        await using IReadingStore later = Open();
        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => later.EnsureCreatedAsync(default));

        Assert.Contains("format 99", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private IReadingStore Open() => StoreFactory.Open(("Kind", "sqlite"), ("Path", _folder["readings.db"]));
}
