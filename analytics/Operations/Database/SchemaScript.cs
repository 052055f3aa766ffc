using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Linewatch.Operations.Database;

/// <summary>One numbered script of <c>Database/Scripts</c>: <c>0001-alerts.sql</c>. A released script is never changed; the next one corrects it.</summary>
internal sealed record SchemaScript(int Number, string Name, string Sql)
{
    private const string Folder = "Linewatch.Operations.Scripts.";

    /// <summary>Any number that no other program takes as a PostgreSQL advisory lock; "LWOP".</summary>
    private const long UpgradeLock = 0x4C574F50;

    /// <summary>Every script of this version, by number.</summary>
    public static IReadOnlyList<SchemaScript> All { get; } = Load();

    /// <summary>Applies what the database does not have yet, in one transaction; returns what was applied.</summary>
    public static async Task<IReadOnlyList<SchemaScript>> ApplyMissingAsync(
        DbConnection connection, DatabaseKind kind, CancellationToken cancellationToken)
    {
        await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (kind == DatabaseKind.PostgreSql)
        {
            await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@UpgradeLock)", new { UpgradeLock }, transaction);
        }

        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_script (number INTEGER PRIMARY KEY, name TEXT NOT NULL)", transaction: transaction);
        HashSet<int> present = [.. await connection.QueryAsync<int>("SELECT number FROM schema_script", transaction: transaction)];
        RefuseNewerSchema(present);

        SchemaScript[] missing = [.. All.Where(script => !present.Contains(script.Number))];
        foreach (SchemaScript script in missing)
        {
            await connection.ExecuteAsync(script.Sql, transaction: transaction);
            await connection.ExecuteAsync("INSERT INTO schema_script (number, name) VALUES (@Number, @Name)", new { script.Number, script.Name }, transaction);
        }

        await transaction.CommitAsync(cancellationToken);
        return missing;
    }

    private static void RefuseNewerSchema(HashSet<int> present)
    {
        int[] unknown = [.. present.Except(All.Select(script => script.Number)).Order()];
        if (unknown.Length > 0)
        {
            throw new InvalidOperationException(
                $"the database has schema script {unknown[^1]}, this program knows up to {All[^1].Number}: start the newer version of Linewatch");
        }
    }

    private static SchemaScript[] Load() =>
    [
        .. typeof(SchemaScript).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    private static SchemaScript Read(string resource)
    {
        using StreamReader reader = new(typeof(SchemaScript).Assembly.GetManifestResourceStream(resource)!);
        string name = resource[Folder.Length..^".sql".Length];
        return new SchemaScript(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
