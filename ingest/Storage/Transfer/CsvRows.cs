using System.Text;

namespace Linewatch.Storage.Transfer;

/// <summary>One cell; a quoted empty cell is an empty text, an unquoted one is nothing.</summary>
internal readonly record struct CsvCell(string Text, bool IsQuoted);

/// <summary>Rows of RFC 4180 CSV, of bounded length. A general reader does not tell <c>""</c> from nothing, which texts need.</summary>
internal sealed class CsvRows(TextReader input)
{
    private const int MaximumRow = 1 << 20;

    /// <summary>Number of the line that the last row began in.</summary>
    public long Line { get; private set; }

    private long _next = 1;

    /// <summary>Reads a row; false at the end. A row with a fault is skipped as a whole.</summary>
    public bool TryRead(out List<CsvCell> row, out string? fault)
    {
        row = [];
        fault = null;
        if (input.Peek() < 0)
        {
            return false;
        }

        Line = _next;
        StringBuilder cell = new();
        bool quoted = false;
        bool inQuotes = false;
        int length = 0;
        while (true)
        {
            int read = input.Read();
            if (read < 0 || (read == '\n' && !inQuotes))
            {
                _next++;
                row.Add(new CsvCell(cell.ToString(), quoted));
                fault ??= inQuotes ? "a quoted cell does not end" : null;
                return true;
            }

            if (++length > MaximumRow)
            {
                fault = $"a row of more than {MaximumRow:N0} characters";
                cell.Clear();
            }

            char letter = (char)read;
            if (inQuotes)
            {
                if (letter == '"' && input.Peek() == '"')
                {
                    cell.Append((char)input.Read());
                }
                else if (letter == '"')
                {
                    inQuotes = false;
                }
                else
                {
                    cell.Append(letter);
                    _next += letter == '\n' ? 1 : 0;
                }
            }
            else if (letter == '"' && cell.Length == 0 && !quoted)
            {
                quoted = true;
                inQuotes = true;
            }
            else if (letter == ',')
            {
                row.Add(new CsvCell(cell.ToString(), quoted));
                cell.Clear();
                quoted = false;
            }
            else if (letter != '\r' || input.Peek() != '\n')
            {
                cell.Append(letter);
            }
        }
    }
}
