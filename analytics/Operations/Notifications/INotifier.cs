namespace Linewatch.Operations.Notifications;

/// <summary>One kind of channel. Thread-safe.</summary>
internal interface INotifier
{
    /// <summary>Which kind.</summary>
    NotificationChannelKind Kind { get; }

    /// <summary>Delivers; returns once the other side has taken it.</summary>
    /// <exception cref="NotificationRefusedException">The other side will never take it.</exception>
    /// <exception cref="Exception">Anything else: try again later.</exception>
    Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken);
}

/// <summary>The other side will never take this notification: trying again is useless.</summary>
public sealed class NotificationRefusedException(string message) : Exception(message);
