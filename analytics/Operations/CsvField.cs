namespace Linewatch.Operations;

/// <summary>A field of a CSV file (RFC 4180).</summary>
public static class CsvField
{
    /// <summary>A text as a field: in quotes where it holds a comma, a quote or a line break.</summary>
    public static string Of(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
