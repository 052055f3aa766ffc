namespace Linewatch.Storage;

/// <summary>Bounds of an aggregate query, the same for every store.</summary>
internal static class AggregateRange
{
    /// <summary>Most windows one query may ask for; a screen shows some thousand.</summary>
    public const int MaximumWindows = 200_000;

    /// <exception cref="ArgumentOutOfRangeException">The window is not positive, or the range holds too many windows.</exception>
    public static void ThrowIfUnbounded(DateTime from, DateTime to, TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromMilliseconds(1));
        from = UnixTime.Clamp(from);
        to = UnixTime.Clamp(to);
        if ((to - from) / window > MaximumWindows)
        {
            throw new ArgumentOutOfRangeException(
                nameof(window), window, $"{from:u} to {to:u} holds more than {MaximumWindows:N0} windows of {window}; ask for longer windows or a shorter range");
        }
    }
}
