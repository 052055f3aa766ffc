namespace Linewatch.Storage;

/// <summary>What every store can keep of a derived point.</summary>
internal static class StorablePoint
{
    /// <exception cref="ArgumentException">A point cannot be kept; the message says which and why.</exception>
    public static void ThrowUnlessStorable(IReadOnlyList<DerivedPoint> points)
    {
        foreach (DerivedPoint point in points)
        {
            if (Fault(point) is { } fault)
            {
                throw new ArgumentException($"point of measurement '{point.Measurement}' at {point.EventTime:O}: {fault}", nameof(points));
            }
        }
    }

    /// <summary>The field as double, bool or string; null where it has no value (NaN, infinite).</summary>
    public static object? Value(object field) => field switch
    {
        double number => double.IsFinite(number) ? number : null,
        long number => (double)number,
        int number => (double)number,
        _ => field,
    };

    private static string? Fault(DerivedPoint point)
    {
        if (!IsName(point.Measurement))
        {
            return "the measurement's name is empty or holds a line break or a backslash at its end";
        }

        if (point.EventTime < UnixTime.Earliest || point.EventTime >= UnixTime.Latest)
        {
            return $"the event time lies outside {UnixTime.Earliest:yyyy-MM-dd} to {UnixTime.Latest:yyyy-MM-dd}";
        }

        foreach ((string name, string value) in point.Tags)
        {
            if (!IsName(name) || !IsName(value))
            {
                return $"tag '{name}' = '{value}' is empty or holds a line break or a backslash at its end";
            }
        }

        foreach ((string name, object value) in point.Fields)
        {
            if (!IsName(name))
            {
                return $"field name '{name}' is empty or holds a line break or a backslash at its end";
            }

            if (value is not (double or long or int or bool or string))
            {
                return $"field '{name}' is a {value?.GetType().Name ?? "null"}; allowed are double, long, int, bool and string";
            }

            if (value is string { Length: > StorableReading.MaximumTextBytes / 3 })
            {
                return $"field '{name}' holds more than {StorableReading.MaximumTextBytes / 3:N0} characters";
            }
        }

        return null;
    }

    private static bool IsName(string text) => text.Length > 0 && text[^1] != '\\' && text.AsSpan().IndexOfAny('\n', '\r') < 0;
}
