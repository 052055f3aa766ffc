using System.Globalization;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// Runs of machines in the text format of C-MAPSS: numbers between blanks, a row a cycle; first the unit, then the cycle
/// from 1, three operating settings, and the signals. Settings are not signs of wear and are left out.
/// </summary>
internal static class RunFile
{
    private const int BeforeSignals = 5;

    /// <summary>Reads all runs, in the order of the file.</summary>
    /// <exception cref="InvalidDataException">A line is not of the format; the message says which and what is allowed.</exception>
    public static IReadOnlyList<MachineRun> Read(string path)
    {
        List<MachineRun> runs = [];
        List<double[]> cycles = [];
        HashSet<int> seen = [];
        int columns = 0;
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            double[] row = Numbers(path, number, line);
            if (row.Length == 0)
            {
                continue;
            }

            columns = columns == 0 ? row.Length : columns;
            if (row.Length != columns || columns <= BeforeSignals)
            {
                throw new InvalidDataException(
                    $"{path}, line {number}: {row.Length} numbers; {(columns <= BeforeSignals ? $"more than {BeforeSignals} (unit, cycle, three settings, signals)" : $"{columns}, as in the first line,")} are needed");
            }

            int unit = Whole(path, number, "unit", row[0]);
            if (runs.Count == 0 || runs[^1].Unit != unit)
            {
                if (!seen.Add(unit))
                {
                    throw new InvalidDataException($"{path}, line {number}: unit {unit} comes a second time; the rows of a unit must follow each other");
                }

                cycles = [];
                runs.Add(new MachineRun(unit, cycles));
            }

            int cycle = Whole(path, number, "cycle", row[1]);
            if (cycle != cycles.Count + 1)
            {
                throw new InvalidDataException($"{path}, line {number}: cycle {cycle} of unit {unit}; {cycles.Count + 1} is expected: cycles count from 1 without a gap");
            }

            cycles.Add(row[BeforeSignals..]);
        }

        return runs.Count > 0 ? runs : throw new InvalidDataException($"{path} is empty");
    }

    private static double[] Numbers(string path, int line, string text)
    {
        string[] cells = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        double[] numbers = new double[cells.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            if (!double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                throw new InvalidDataException($"{path}, line {line}, column {i + 1}: '{cells[i]}' is not a number");
            }
        }

        return numbers;
    }

    private static int Whole(string path, int line, string what, double number) =>
        number is >= 1 and <= int.MaxValue && number == Math.Floor(number)
            ? (int)number
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: {what} {number}; whole numbers from 1 are allowed"));
}
