using System.Data.Common;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Tests.Unit.Operations;

public sealed class OperationsDatabaseTests : IDisposable
{
    private readonly SqliteFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task First_connection_finds_every_script_applied_in_order_and_recorded()
    {
        await using DbConnection connection = await _fixture.Database.OpenAsync(CancellationToken.None);

        int[] recorded = [.. await connection.QueryAsync<int>("SELECT number FROM schema_script ORDER BY number")];

        Assert.Equal(SchemaScript.All.Select(script => script.Number), recorded);
        Assert.Equal("wal", await connection.ExecuteScalarAsync<string>("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Upgrade_after_a_restart_applies_nothing_twice()
    {
        await _fixture.Database.UpgradeAsync(CancellationToken.None);
        OperationsDatabase again = await _fixture.Reopen();

        await again.UpgradeAsync(CancellationToken.None);

        await using DbConnection connection = await again.OpenAsync(CancellationToken.None);
        Assert.Equal(SchemaScript.All.Count, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM schema_script"));
    }

    [Fact]
    public async Task Schema_of_a_newer_version_is_refused_with_both_numbers()
    {
        await using (DbConnection connection = await _fixture.Database.OpenAsync(CancellationToken.None))
        {
            await connection.ExecuteAsync("INSERT INTO schema_script (number, name) VALUES (9999, 'future')");
        }

        OperationsDatabase again = await _fixture.Reopen();

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => again.UpgradeAsync(CancellationToken.None));
        Assert.Contains("9999", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_that_throws_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _fixture.Database.WriteAsync<int>(
            async transaction =>
            {
                await transaction.Connection!.ExecuteAsync("INSERT INTO schema_script (number, name) VALUES (500, 'half')", transaction: transaction);
                throw new InvalidOperationException("power cut");
            },
            CancellationToken.None));

        await using DbConnection connection = await _fixture.Database.OpenAsync(CancellationToken.None);
        Assert.Equal(0, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM schema_script WHERE number = 500"));
    }

    [Fact]
    public async Task Times_come_back_exactly_and_as_utc()
    {
        DateTime time = new DateTime(2026, 3, 29, 1, 30, 0, DateTimeKind.Utc).AddTicks(1234567);
        await using DbConnection connection = await _fixture.Database.OpenAsync(CancellationToken.None);

        DateTime back = await connection.QuerySingleAsync<DateTime>("SELECT @time", new { time });

        Assert.Equal((time, DateTimeKind.Utc), (back, back.Kind));
    }

    [Fact]
    public async Task Local_time_is_refused_rather_than_moved()
    {
        await using DbConnection connection = await _fixture.Database.OpenAsync(CancellationToken.None);

        await Assert.ThrowsAsync<ArgumentException>(() =>
            connection.QuerySingleAsync<DateTime>("SELECT @time", new { time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local) }));
    }
}
