namespace Linewatch.Server.Flow;

/// <summary>
/// When a line's figures are computed for showing: at once after a change, but never for more than a fifth of the time, and
/// only a few times a second while the analytics work off a backlog, which nobody needs to see message by message. Not
/// thread-safe.
/// </summary>
internal sealed class FigurePace(TimeProvider clock)
{
    /// <summary>So many times as long as the last computation took are left for everything else.</summary>
    private const int Rest = 4;

    private static readonly TimeSpan WhileBehind = TimeSpan.FromMilliseconds(250);

    private readonly long _started = clock.GetTimestamp();
    private TimeSpan _ended = TimeSpan.MinValue;
    private TimeSpan _took;

    /// <summary>Whether something changed that was not shown yet.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>Says that the figures shown are no longer the newest.</summary>
    public void Changed() => HasChanged = true;

    /// <summary>Whether the figures should be computed now.</summary>
    /// <param name="isBehind">Whether more is waiting to be taken in.</param>
    public bool IsDue(bool isBehind)
    {
        TimeSpan rest = isBehind && _took * Rest < WhileBehind ? WhileBehind : _took * Rest;
        return HasChanged && (_ended == TimeSpan.MinValue || clock.GetElapsedTime(_started) - _ended >= rest);
    }

    /// <summary>Says that the figures were computed.</summary>
    /// <param name="took">How long that took.</param>
    public void Shown(TimeSpan took)
    {
        HasChanged = false;
        _took = took;
        _ended = clock.GetElapsedTime(_started);
    }
}
