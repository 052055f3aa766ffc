using System.Data.Common;
using System.Text.Json;
using Linewatch.Operations.Database;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Notifications;

/// <summary>What was told, is to be told, or could not be. Thread-safe.</summary>
public sealed class NotificationBook(OperationsDatabase database, IOptionsMonitor<NotificationOptions> options, TimeProvider clock)
{
    /// <summary>Notifications, newest first; of one incident or of all, in one state or in any.</summary>
    public async Task<IReadOnlyList<Notification>> ListAsync(string? incidentId, int limit, CancellationToken cancellationToken, NotificationState? state = null)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await NotificationTable.ListAsync(connection, incidentId, state, limit);
    }

    /// <summary>Has one that was given up, or was stale, tried again at once, for as long as a new one; refused for any other.</summary>
    public Task<ChangeResult<Notification>> RetryAsync(string id, string author, CancellationToken cancellationToken) => database.WriteAsync(
        async transaction =>
        {
            if (await NotificationTable.FindAsync(transaction, id) is not { } notification)
            {
                return ChangeResult.NotFound<Notification>($"there is no notification {id}");
            }

            if (notification.State is not (NotificationState.Failed or NotificationState.Stale))
            {
                return ChangeResult.Refused(notification, $"the notification is {notification.State}: only Failed and Stale can be tried again");
            }

            await NotificationTable.ReviveAsync(transaction, id, clock.GetUtcNow().UtcDateTime, $"{author} has it tried again");
            return ChangeResult.Done((await NotificationTable.FindAsync(transaction, id))!);
        },
        cancellationToken);

    /// <summary>Puts a test message for a channel into the outbox.</summary>
    public async Task<ChangeResult<Notification>> TestAsync(string channel, string author, CancellationToken cancellationToken)
    {
        if (!options.CurrentValue.Channels.ContainsKey(channel))
        {
            return ChangeResult.NotFound<Notification>($"there is no channel \"{channel}\"; known: {string.Join(", ", options.CurrentValue.Channels.Keys.Order(StringComparer.Ordinal))}");
        }

        DateTime now = clock.GetUtcNow().UtcDateTime;
        Notification test = new()
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"),
            Channel = channel,
            Step = 0,
            Subject = "Linewatch: test message",
            Body = $"{author} asked for this test of the channel \"{channel}\". Nothing is wrong.",
            Payload = JsonSerializer.Serialize(new { type = "test", channel, author }),
            CreatedAt = now,
            DueAt = now,
            State = NotificationState.Pending,
            Attempts = 0,
            LastError = "",
        };
        return await database.WriteAsync(
            async transaction =>
            {
                await NotificationTable.AddAsync(transaction, $"test|{test.Id}", test);
                return ChangeResult.Done(test);
            },
            cancellationToken);
    }
}
