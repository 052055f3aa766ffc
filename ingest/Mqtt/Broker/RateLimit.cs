namespace Linewatch.Mqtt;

/// <summary>Messages a second of one client; up to one second's worth may come at once.</summary>
internal sealed class RateLimit(int messagesPerSecond, TimeProvider time)
{
    private long _checkedAt = time.GetTimestamp();
    private double _over = -messagesPerSecond;

    /// <summary>Counts messages and says how long the client's socket is left unread.</summary>
    public TimeSpan Count(int messages)
    {
        long now = time.GetTimestamp();
        _over = Math.Max(-messagesPerSecond, _over - (time.GetElapsedTime(_checkedAt, now).TotalSeconds * messagesPerSecond)) + messages;
        _checkedAt = now;
        return _over > 0 ? TimeSpan.FromSeconds(_over / messagesPerSecond) : TimeSpan.Zero;
    }
}
