using Linewatch.Operations.Database;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Operations;

/// <summary>An operations database in a SQLite file of its own; <see cref="Reopen"/> is what a restart sees.</summary>
public sealed class SqliteFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SqliteFixture() => Database = Open();

    public OperationsDatabase Database { get; private set; }

    /// <summary>Path of the database file.</summary>
    public string File => _folder["sub/operations.db"];

    public async Task<OperationsDatabase> Reopen()
    {
        await Database.DisposeAsync();
        return Database = Open();
    }

    public void Dispose()
    {
        Database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    private OperationsDatabase Open() =>
        new(Options.Create(new DatabaseOptions { File = File }), NullLogger<OperationsDatabase>.Instance);
}
