namespace Linewatch.Analytics.Oee;

/// <summary>What a cumulative meter counted over a time, from first and last values of stretches of it. Not thread-safe.</summary>
public sealed class MeterIncrease
{
    private double? _last;

    /// <summary>What was counted so far; null before two values.</summary>
    public double? Total { get; private set; }

    /// <summary>
    /// Takes the next stretch, by time. A meter that shows less than before was exchanged or reset: what it shows then was
    /// counted since.
    /// </summary>
    public void Add(double first, double last)
    {
        if (_last is { } before)
        {
            Total = (Total ?? 0) + Step(before, first);
        }

        if (last != first || _last is not null)
        {
            Total = (Total ?? 0) + Step(first, last);
        }

        _last = last;
    }

    private static double Step(double from, double to) => to >= from ? to - from : to;
}
