using System.Data.Common;
using Linewatch.Operations.Database;

namespace Linewatch.Operations.Notifications;

/// <summary>What was told, is to be told, or could not be. Thread-safe.</summary>
public sealed class NotificationBook(OperationsDatabase database)
{
    /// <summary>Notifications, newest first; of one incident or of all.</summary>
    public async Task<IReadOnlyList<Notification>> ListAsync(string? incidentId, int limit, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await NotificationTable.ListAsync(connection, incidentId, limit);
    }
}
