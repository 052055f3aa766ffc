using System.Globalization;
using System.Text;
using Linewatch.Plants;

namespace Linewatch.Storage.Influx;

/// <summary>InfluxQL texts. Names are quoted with ", values with ', both with backslash escapes, so that no name can end its own quotation.</summary>
internal static class InfluxQl
{
    public static string Name(string name) => "\"" + name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    public static string Value(string value) => "'" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal) + "'";

    public static string Tags(SignalPath signal) =>
        $"site = {Value(signal.Site)} AND area = {Value(signal.Area)} AND line = {Value(signal.Line)} AND machine = {Value(signal.Machine)}";

    public static string Tags(IReadOnlyDictionary<string, string> tags)
    {
        StringBuilder condition = new();
        foreach ((string name, string value) in tags)
        {
            condition.Append(Name(name)).Append(" = ").Append(Value(value)).Append(" AND ");
        }

        return condition.ToString();
    }

    public static string Between(DateTime from, DateTime to) => string.Create(
        CultureInfo.InvariantCulture,
        $"time >= {UnixTime.ToNanoseconds(UnixTime.Clamp(from))} AND time < {UnixTime.ToNanoseconds(UnixTime.Clamp(to))}");
}
