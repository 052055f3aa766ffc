using System.Text;

namespace Linewatch.Storage.Influx;

/// <summary>
/// Names and texts as line protocol takes them. Names are escaped with a backslash before comma, equals sign and space
/// (a measurement keeps its equals signs); a string field is quoted, with a backslash before quote and backslash.
/// </summary>
internal static class LineText
{
    public static string Measurement(string name) => name.Replace(",", "\\,", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);

    public static string Key(string name) => Measurement(name).Replace("=", "\\=", StringComparison.Ordinal);

    /// <summary>Writes a quoted string field; <paramref name="destination"/> holds at least <see cref="MaximumQuoted"/> bytes.</summary>
    public static int WriteQuoted(string text, Span<byte> destination)
    {
        destination[0] = (byte)'"';
        int at = 1;
        ReadOnlySpan<char> rest = text;
        while (true)
        {
            int special = rest.IndexOfAny('"', '\\');
            at += Encoding.UTF8.GetBytes(special < 0 ? rest : rest[..special], destination[at..]);
            if (special < 0)
            {
                break;
            }

            destination[at++] = (byte)'\\';
            destination[at++] = (byte)rest[special];
            rest = rest[(special + 1)..];
        }

        destination[at++] = (byte)'"';
        return at;
    }

    public static int MaximumQuoted(string text) => (text.Length * 3) + 2;
}
