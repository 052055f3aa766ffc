using System.Data.Common;
using System.Globalization;
using Dapper;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.Database;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Upkeep;

/// <summary>
/// Copies the embedded operations database to a dated file while it is in use (SQLite's <c>VACUUM INTO</c>), checks the
/// copy and keeps the newest few. PostgreSQL is backed up with its own tools, not from here.
/// </summary>
internal sealed class BackUpOperations(OperationsDatabase database, IOptions<UpkeepOptions> options, TimeProvider clock) : IScheduledJob
{
    private const string Pattern = "operations-*.db";

    /// <inheritdoc/>
    public string Name => "back-up";

    /// <inheritdoc/>
    public string Description => "Copies the operations database to a dated file and keeps the newest few";

    /// <inheritdoc/>
    public string DefaultCron => "0 15 3 * * ?";

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        if (database.Kind == DatabaseKind.PostgreSql)
        {
            await run.ReportAsync(100, "PostgreSQL is backed up with its own tools", cancellationToken);
            return;
        }

        string folder = options.Value.BackupFolder.Length > 0
            ? Path.GetFullPath(options.Value.BackupFolder)
            : Path.Combine(Path.GetDirectoryName(database.Name)!, "backups");
        Directory.CreateDirectory(folder);
        string stamp = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string file = Path.Combine(folder, $"operations-{stamp}.db");
        string unfinished = file + ".part";
        File.Delete(unfinished);
        await using (DbConnection connection = await database.OpenAsync(cancellationToken))
        {
            await connection.ExecuteAsync("VACUUM INTO @unfinished", new { unfinished });
            await connection.ExecuteAsync("ATTACH @unfinished AS copy", new { unfinished });
            string? fault = await connection.ExecuteScalarAsync<string>("PRAGMA copy.quick_check");
            await connection.ExecuteAsync("DETACH copy");
            if (fault != "ok")
            {
                throw new InvalidDataException($"the backup {unfinished} is damaged: {fault}");
            }
        }

        File.Move(unfinished, file, overwrite: true);
        foreach (string old in Directory.GetFiles(folder, Pattern).OrderDescending(StringComparer.Ordinal).Skip(options.Value.Backups))
        {
            File.Delete(old);
        }

        await run.ReportAsync(100, $"{file}, {new FileInfo(file).Length:N0} bytes", cancellationToken);
    }
}
