using Linewatch.Analytics.Prognosis;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>Which columns of a table say something of the machine, found on the training file; and why the others do not.</summary>
internal sealed class FailureColumns
{
    private const int MostKinds = 20;

    private readonly string[] _numbers;
    private readonly string[] _kinds;

    private FailureColumns(string[] numbers, string[] kinds, IReadOnlyList<string> leftOut)
    {
        _numbers = numbers;
        _kinds = kinds;
        LeftOut = leftOut;
    }

    /// <summary>Columns that are measurements or kinds.</summary>
    public IEnumerable<string> Used => [.. _numbers, .. _kinds];

    /// <summary>Columns not used, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Finds them.</summary>
    /// <param name="train">The rows to learn from.</param>
    /// <param name="test">The rows to judge: what they lack cannot be used.</param>
    /// <param name="target">The column to foretell.</param>
    /// <param name="ignored">Columns that give the answer away, such as the kind of the failure.</param>
    /// <exception cref="InvalidDataException">None is left.</exception>
    public static FailureColumns Find(FailureTable train, FailureTable test, string target, IReadOnlySet<string> ignored)
    {
        List<string> numbers = [];
        List<string> kinds = [];
        List<string> leftOut = [];
        for (int column = 0; column < train.Columns.Count; column++)
        {
            string name = train.Columns[column];
            if (name == target)
            {
                continue;
            }

            if (WhyNot(train, test, column, ignored) is { } reason)
            {
                leftOut.Add($"{name} ({reason})");
            }
            else
            {
                (train.IsNumeric(column) ? numbers : kinds).Add(name);
            }
        }

        return numbers.Count + kinds.Count > 0
            ? new FailureColumns([.. numbers], [.. kinds], leftOut)
            : throw new InvalidDataException($"{train.Path} has no column to learn from; left out: {string.Join(", ", leftOut)}");
    }

    /// <summary>The rows of a table.</summary>
    public FailureRow[] RowsOf(FailureTable table)
    {
        int[] numbers = [.. _numbers.Select(table.Find)];
        int[] kinds = [.. _kinds.Select(table.Find)];
        return [.. Enumerable.Range(0, table.Rows.Count).Select(row => new FailureRow(
            [.. numbers.Select(column => table.Number(row, column))],
            [.. kinds.Select(column => table.Rows[row].Cells[column])]))];
    }

    private static string? WhyNot(FailureTable train, FailureTable test, int column, IReadOnlySet<string> ignored)
    {
        if (ignored.Contains(train.Columns[column]))
        {
            return "to be ignored";
        }

        if (test.Find(train.Columns[column]) < 0)
        {
            return "not in the test file";
        }

        if (train.IsNumeric(column))
        {
            // A number that rises from row to row counts the rows: it knows the future, not the machine.
            double[] values = [.. Enumerable.Range(0, train.Rows.Count).Select(row => train.Number(row, column))];
            return values.Zip(values.Skip(1)).All(pair => pair.Second > pair.First) ? "counts the rows" : null;
        }

        return train.Rows.Select(row => row.Cells[column]).Distinct().Count() > MostKinds ? $"a name: more than {MostKinds} different texts" : null;
    }
}
