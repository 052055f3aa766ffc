using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Linewatch.Operations.Database;

/// <summary>
/// Opens connections to the relational database, whose schema is up to date before the first one is handed out.
/// Thread-safe. Times are stored as ISO 8601 text with seven decimals and <c>Z</c>, which is exact, readable and sorts
/// as text in both databases; enumerations are stored by name, identifiers as text.
/// </summary>
public sealed partial class OperationsDatabase : IAsyncDisposable
{
    /// <summary>Any number that no other program takes as a PostgreSQL advisory lock; "LWWR".</summary>
    private const long WriterLock = 0x4C575752;

    private readonly SemaphoreSlim _upgrading = new(1, 1);
    private readonly ILogger<OperationsDatabase> _logger;
    private readonly DbDataSource? _postgreSql;
    private readonly string _sqlite = "";
    private volatile bool _isUpToDate;

    static OperationsDatabase()
    {
        // Dapper keeps its conventions for the process; every project that uses Dapper shares this database's.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTime));
        SqlMapper.AddTypeHandler(new UtcTimeHandler());
    }

    /// <summary>Prepares to open; nothing is touched before the first connection.</summary>
    public OperationsDatabase(IOptions<DatabaseOptions> options, ILogger<OperationsDatabase> logger)
    {
        _logger = logger;
        DatabaseOptions value = options.Value;
        if (value.PostgreSql.Length > 0)
        {
            Kind = DatabaseKind.PostgreSql;
            _postgreSql = new NpgsqlDataSourceBuilder(value.PostgreSql).Build();
            ConnectionString = value.PostgreSql;
            Name = _postgreSql.ConnectionString;
        }
        else
        {
            Kind = DatabaseKind.Sqlite;
            string file = Path.GetFullPath(value.File);
            _sqlite = file;
            Name = file;
            ConnectionString = new SqliteConnectionStringBuilder
            {
                DataSource = file,
                DefaultTimeout = (int)value.WaitForWriter.TotalSeconds,
                ForeignKeys = true,
            }.ToString();
        }
    }

    /// <summary>Which database is behind.</summary>
    public DatabaseKind Kind { get; }

    /// <summary>File path or connection string without its password, for people.</summary>
    public string Name { get; }

    /// <summary>For components that must open connections themselves (the job store); may hold a password.</summary>
    public string ConnectionString { get; }

    /// <summary>An open connection on the current schema; the caller disposes it.</summary>
    /// <exception cref="DbException">The database cannot be reached, or an upgrade script failed and was rolled back.</exception>
    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_isUpToDate)
        {
            await UpgradeAsync(cancellationToken);
        }

        return await ConnectAsync(cancellationToken);
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one write transaction: all of it happens, or none. Writers of all nodes happen one
    /// after the other (SQLite knows no other way, PostgreSQL takes a lock for it), so the work may read, decide and write.
    /// </summary>
    /// <exception cref="DbException">The database cannot be reached; nothing was changed.</exception>
    public async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (Kind == DatabaseKind.PostgreSql)
        {
            await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@WriterLock)", new { WriterLock }, transaction);
        }

        T result = await work(transaction);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>Brings the schema up to date, in one transaction. Several nodes may start at once: one does it, the others wait.</summary>
    /// <exception cref="DbException">The database cannot be reached, or a script failed; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The database was upgraded by a newer version of this program.</exception>
    public async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        await _upgrading.WaitAsync(cancellationToken);
        try
        {
            if (_isUpToDate)
            {
                return;
            }

            if (_sqlite.Length > 0)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_sqlite)!);
            }

            await using DbConnection connection = await ConnectAsync(cancellationToken);
            if (Kind == DatabaseKind.Sqlite)
            {
                await connection.ExecuteAsync("PRAGMA journal_mode = WAL");
            }

            IReadOnlyList<SchemaScript> applied = await SchemaScript.ApplyMissingAsync(connection, Kind, cancellationToken);
            foreach (SchemaScript script in applied)
            {
                LogScriptApplied(script.Name, Name);
            }

            _isUpToDate = true;
        }
        finally
        {
            _upgrading.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _upgrading.Dispose();
        if (_postgreSql is not null)
        {
            await _postgreSql.DisposeAsync();
        }
        else
        {
            using SqliteConnection pooled = new(ConnectionString);
            SqliteConnection.ClearPool(pooled);
        }
    }

    private async ValueTask<DbConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_postgreSql is not null)
        {
            return await _postgreSql.OpenConnectionAsync(cancellationToken);
        }

        SqliteConnection connection = new(ConnectionString);
        await connection.OpenAsync(cancellationToken);

        // A commit is on disk before it is reported: an acknowledged alert must not come back after a power cut.
        await connection.ExecuteAsync("PRAGMA synchronous = FULL");
        return connection;
    }

    private sealed class UtcTimeHandler : SqlMapper.TypeHandler<DateTime>
    {
        public override void SetValue(IDbDataParameter parameter, DateTime value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = UtcText.Format(value);
        }

        public override DateTime Parse(object value) => UtcText.Parse((string)value);
    }

    [LoggerMessage(5000, LogLevel.Information, "Applied {Script} to {Database}")]
    private partial void LogScriptApplied(string script, string database);
}
