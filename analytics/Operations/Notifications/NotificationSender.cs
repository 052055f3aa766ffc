using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Notifications;

/// <summary>
/// Delivers the outbox. Each channel is served on its own, so one that is down delays nobody else; a failed attempt
/// comes again after a growing wait. What a node holds is leased: if it dies, another takes it over after the lease, the same
/// machine at its next start.
/// The one gap no sender can close, a crash between the other side's acceptance and our note of it, repeats the
/// notification with the same Message-ID or Idempotency-Key.
/// </summary>
internal sealed partial class NotificationSender(
    OperationsDatabase database,
    AlertBook book,
    IEnumerable<INotifier> notifiers,
    IOptionsMonitor<NotificationOptions> options,
    TimeProvider clock,
    OperationsMetrics metrics,
    ILogger<NotificationSender> logger) : BackgroundService
{
    private const int Batch = 50;

    /// <summary>Other nodes and people write the outbox too, so it is looked at this often at least.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    private readonly string _node = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";
    private readonly Dictionary<NotificationChannelKind, INotifier> _notifiers = notifiers.ToDictionary(notifier => notifier.Kind);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Sends everything that is due now; returns how many were claimed.</summary>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        NotificationOptions settings = options.CurrentValue;
        DateTime now = Now;

        // Everything of a batch may have to wait for a timeout on one channel, one after the other.
        DateTime leaseEnd = now + (settings.AttemptTimeout * Batch) + TimeSpan.FromMinutes(1);
        IReadOnlyList<Notification> due = await database.WriteAsync(
            transaction => NotificationTable.ClaimAsync(transaction, _node, now, leaseEnd, Batch), cancellationToken);
        await Task.WhenAll(due.GroupBy(notification => notification.Channel).Select(group => SendAsync(group, settings, cancellationToken)));
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using AlertSubscription alerts = book.Changes.Subscribe();
        bool isFreed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isFreed)
                {
                    await FreeHeldByTheDeadAsync(stoppingToken);
                    isFreed = true;
                }

                if (await SendDueAsync(stoppingToken) < Batch)
                {
                    await SleepAsync(alerts, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (DbException unreachable)
            {
                LogOutboxUnreachable(unreachable);
                await Task.Delay(LongestSleep, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What a process of this machine held that is no more need not wait for its lease.</summary>
    private Task<int> FreeHeldByTheDeadAsync(CancellationToken cancellationToken) => database.WriteAsync(
        async transaction =>
        {
            int freed = 0;
            foreach (string node in await NotificationTable.HoldersAsync(transaction))
            {
                if (node.Split(':') is [{ } machine, { } id, _] && machine == Environment.MachineName && int.TryParse(id, CultureInfo.InvariantCulture, out int process) && !IsRunning(process))
                {
                    freed += await NotificationTable.FreeAsync(transaction, node);
                }
            }

            return freed;
        },
        cancellationToken);

    private static bool IsRunning(int process)
    {
        try
        {
            using Process running = Process.GetProcessById(process);
            return !running.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Until an alert of this process changes, or for a while.</summary>
    private async Task SleepAsync(AlertSubscription alerts, CancellationToken cancellationToken)
    {
        using CancellationTokenSource awake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(alerts.Changes.WaitToReadAsync(awake.Token).AsTask(), Task.Delay(LongestSleep, clock, awake.Token));
        await awake.CancelAsync();
        while (alerts.Changes.TryRead(out _))
        {
        }
    }

    private async Task SendAsync(IEnumerable<Notification> notifications, NotificationOptions settings, CancellationToken cancellationToken)
    {
        string? down = null;
        foreach (Notification notification in notifications.OrderBy(notification => notification.DueAt).ThenBy(notification => notification.Id, StringComparer.Ordinal))
        {
            // A channel that has just failed is not tried again for the rest of the batch: its timeouts would add up.
            down = down is null
                ? await SendAsync(notification, settings, cancellationToken)
                : await PostponeAsync(notification, down, settings);
        }
    }

    /// <summary>Sends one; returns why the channel seems to be down, or null.</summary>
    private async Task<string?> SendAsync(Notification notification, NotificationOptions settings, CancellationToken cancellationToken)
    {
        if (!settings.Channels.TryGetValue(notification.Channel, out NotificationChannel? channel))
        {
            await EndAsync(notification, NotificationState.Failed, $"there is no channel \"{notification.Channel}\" any more");
            return null;
        }

        if (notification is { IncidentId: not null, Attempts: 0 } && Now - notification.DueAt > settings.StaleAfter)
        {
            // Nobody sent anything all that time: this program was away, not the channel.
            await EndAsync(notification, NotificationState.Stale, NotificationPlan.StaleReason(Now - notification.DueAt, "it could be sent"));
            return null;
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.AttemptTimeout);
        try
        {
            await _notifiers[channel.Kind].SendAsync(channel, notification, limit.Token);
            await EndAsync(notification, NotificationState.Sent, "");
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await RetryAsync(notification, Now, "the program was shut down");
            throw;
        }
        catch (NotificationRefusedException refused)
        {
            await EndAsync(notification, NotificationState.Failed, refused.Message);
            return null;
        }
#pragma warning disable CA1031 // whatever went wrong with the other side, the notification stays and comes again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            string why = failure is OperationCanceledException ? $"no answer within {settings.AttemptTimeout.TotalSeconds:0} s" : failure.Message;
            return await PostponeAsync(notification, why, settings);
        }
    }

    private async Task<string?> PostponeAsync(Notification notification, string why, NotificationOptions settings)
    {
        if (Now - notification.CreatedAt > settings.GiveUpAfter)
        {
            await EndAsync(notification, NotificationState.Failed, why);
            return why;
        }

        TimeSpan wait = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(notification.Attempts, 20)), settings.LongestRetryWait.TotalSeconds));
        LogPostponed(notification.Id, notification.Channel, wait.TotalSeconds, why);
        await RetryAsync(notification, Now + wait, why);
        return why;
    }

    private async Task EndAsync(Notification notification, NotificationState state, string error)
    {
        await database.WriteAsync(
            async transaction =>
            {
                await NotificationTable.EndAsync(transaction, notification.Id, state, error, Now);
                return 0;
            },
            CancellationToken.None);
        metrics.NotificationEnded(state);
        if (state == NotificationState.Failed)
        {
            LogGivenUp(notification.Id, notification.Channel, notification.Subject, error);
        }
    }

    private Task<int> RetryAsync(Notification notification, DateTime dueAt, string error) => database.WriteAsync(
        async transaction =>
        {
            await NotificationTable.RetryAsync(transaction, notification.Id, dueAt, error);
            return 0;
        },
        CancellationToken.None);

    [LoggerMessage(5010, LogLevel.Warning, "Notification {Id} on {Channel} comes again in {Seconds:0} s: {Why}")]
    private partial void LogPostponed(string id, string channel, double seconds, string why);

    [LoggerMessage(5011, LogLevel.Error, "Notification {Id} on {Channel} is given up: {Subject}: {Why}")]
    private partial void LogGivenUp(string id, string channel, string subject, string why);

    [LoggerMessage(5012, LogLevel.Error, "The outbox cannot be read; notifications wait")]
    private partial void LogOutboxUnreachable(Exception unreachable);
}
