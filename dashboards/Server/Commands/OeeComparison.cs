using System.Globalization;

namespace Linewatch.Server.Commands;

/// <summary>
/// Results of <c>linewatch backtest oee</c> beside a truth in the same columns: how far every factor of every shift is off,
/// which stops of the critical machine were found, and for how much of its lost time the cause is right.
/// </summary>
internal sealed class OeeComparison
{
    /// <summary>Largest error of a factor that passes, as a ratio: a tenth of a percentage point.</summary>
    public const double LargestError = 0.001;

    /// <summary>Least share of lost time with the right cause that passes.</summary>
    public const double LeastRight = 0.95;

    /// <summary>Least share of the critical machine's stops that must be found to the second. A clock that is off by less than transport may take cannot be told.</summary>
    public const double LeastStops = 0.99;

    /// <summary>Share of lost time without a cause that does not pass any more.</summary>
    public const double MostUnattributed = 0.03;

    /// <summary>How far start and end of a stop may be off: the second of its sampling.</summary>
    private const double Second = 1;

    private static readonly string[] Factors = ["availability", "performance", "quality", "oee"];

    private readonly Dictionary<string, List<CsvRow>> _foundStops;
    private readonly List<string> _differences = [];

    /// <summary>Compares <c>shifts.csv</c> and <c>stops.csv</c> of two folders.</summary>
    /// <param name="results">Folder of the results.</param>
    /// <param name="truth">Folder of the truth.</param>
    /// <param name="criticalMachines">Critical machine by line.</param>
    /// <exception cref="InvalidDataException">A file lacks a column; says which.</exception>
    public OeeComparison(string results, string truth, IReadOnlyDictionary<string, string> criticalMachines)
    {
        List<CsvRow> shifts = [.. CsvRow.Read(Path.Combine(truth, "shifts.csv"))];
        CompareShifts(shifts, CsvRow.Read(Path.Combine(results, "shifts.csv")).ToDictionary(Key));
        _foundStops = CsvRow.Read(Path.Combine(results, "stops.csv"))
            .Where(IsCritical)
            .GroupBy(row => row["line"])
            .ToDictionary(group => group.Key, group => group.OrderBy(row => row.Time("start")).ToList());
        ILookup<string, (DateTime Start, DateTime End)> windows = shifts.ToLookup(row => row["line"], row => (row.Time("start"), row.Time("end")));
        foreach (CsvRow stop in CsvRow.Read(Path.Combine(truth, "stops.csv")).Where(IsCritical))
        {
            // A stop that runs beyond the shifts compared is known in part only.
            if (windows[stop["line"]].Any(shift => shift.Start <= stop.Time("start") && stop.Time("start") < shift.End)
                && windows[stop["line"]].Any(shift => shift.Start < stop.Time("end") && stop.Time("end") <= shift.End))
            {
                CompareStop(stop);
            }
        }

        bool IsCritical(CsvRow row) => criticalMachines.GetValueOrDefault(row["line"]) == row["machine"];
    }

    /// <summary>Shifts of the truth.</summary>
    public int Shifts { get; private set; }

    /// <summary>Shifts of the truth that are absent from the results.</summary>
    public int MissingShifts { get; private set; }

    /// <summary>Largest absolute error of any factor of any shift, as a ratio.</summary>
    public double WorstFactor { get; private set; }

    /// <summary>Factors of shifts that are off by more than <see cref="LargestError"/>, or defined on one side only.</summary>
    public int WrongFactors { get; private set; }

    /// <summary>Stops of the critical machine in the truth.</summary>
    public int Stops { get; private set; }

    /// <summary>Those found with start and end within a second.</summary>
    public int StopsFound { get; private set; }

    /// <summary>Those found with their length to a second, wherever a wrong clock puts them.</summary>
    public int LengthsFound { get; private set; }

    /// <summary>Lost time of the critical machine in the truth, seconds.</summary>
    public double Lost { get; private set; }

    /// <summary>Of it, time whose cause is right.</summary>
    public double Right { get; private set; }

    /// <summary>Of it, lack and tailback.</summary>
    public double LostToNeighbours { get; private set; }

    /// <summary>Of lack and tailback, time whose cause is right.</summary>
    public double RightAmongNeighbours { get; private set; }

    /// <summary>Lost time that was found but has no cause, seconds.</summary>
    public double Unattributed { get; private set; }

    /// <summary>Whether factors, stops, causes and the unattributed share pass.</summary>
    public bool Passes => MissingShifts == 0 && WrongFactors == 0 && StopsFound >= LeastStops * Stops && Right >= LeastRight * Lost && Unattributed < MostUnattributed * Lost;

    /// <summary>Heading of <see cref="ToString"/>'s columns.</summary>
    public static string Heading =>
        $"{"shifts",7} {"missing",8} {"worst factor",13} {"> 0.1 pp",9} {"stops",7} {"to 1 s",8} {"length",8} {"lost h",8} {"cause right",12} {"of lack+tailb.",15} {"unattributed",13}";

    /// <summary>One row below <see cref="Heading"/>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Shifts,7} {MissingShifts,8} {WorstFactor * 100,10:F3} pp {WrongFactors,9} {Stops,7} {Share(StopsFound, Stops),7:F2}% {Share(LengthsFound, Stops),7:F2}% {Lost / 3600,8:F1} {Share(Right, Lost),11:F2}% {Share(RightAmongNeighbours, LostToNeighbours),14:F2}% {Share(Unattributed, Lost),12:F2}%");

    /// <summary>Writes the truth's stops whose cause was not found for all of their time, with the cause found instead.</summary>
    public void WriteDifferences(string path)
    {
        using StreamWriter file = new(path) { NewLine = "\n" };
        file.WriteLine("line,start,end,bucket,cause_machine,found_cause,found_bucket,wrong_s");
        _differences.ForEach(file.WriteLine);
    }

    private static double Share(double part, double whole) => whole > 0 ? 100 * part / whole : 0;

    private static string Key(CsvRow shift) => $"{shift["line"]} {shift.Time("start"):O}";

    private void CompareShifts(List<CsvRow> truth, Dictionary<string, CsvRow> found)
    {
        foreach (CsvRow shift in truth)
        {
            Shifts++;
            if (!found.TryGetValue(Key(shift), out CsvRow? same))
            {
                MissingShifts++;
                continue;
            }

            foreach (string factor in Factors)
            {
                double? error = shift.Number(factor) is { } right && same.Number(factor) is { } its ? Math.Abs(right - its)
                    : shift.Number(factor) is null && same.Number(factor) is null ? 0 : null;
                WorstFactor = Math.Max(WorstFactor, error ?? 1);
                WrongFactors += error is null or > LargestError ? 1 : 0;
            }
        }
    }

    private void CompareStop(CsvRow truth)
    {
        DateTime start = truth.Time("start");
        DateTime end = truth.Time("end");
        double seconds = (end - start).TotalSeconds;
        double right = 0;
        double without = 0;
        (double Overlap, CsvRow? Stop) most = default;
        foreach (CsvRow stop in Overlapping(truth["line"], start, end))
        {
            DateTime from = stop.Time("start");
            DateTime to = stop.Time("end");
            double overlap = ((to < end ? to : end) - (from > start ? from : start)).TotalSeconds;
            right += stop["cause_machine"] == truth["cause_machine"] ? overlap : 0;
            without += stop["cause_machine"].Length == 0 && truth["cause_machine"].Length > 0 ? overlap : 0;
            most = overlap > most.Overlap ? (overlap, stop) : most;
        }

        bool isNeighbours = truth["bucket"] is "lack" or "tailback";
        Stops++;
        StopsFound += most.Stop is { } near && Math.Abs((near.Time("start") - start).TotalSeconds) <= Second
            && Math.Abs((near.Time("end") - end).TotalSeconds) <= Second ? 1 : 0;
        LengthsFound += most.Stop is { } found && Math.Abs((found.Time("end") - found.Time("start")).TotalSeconds - seconds) <= Second ? 1 : 0;
        Lost += seconds;
        Right += right;
        Unattributed += without;
        LostToNeighbours += isNeighbours ? seconds : 0;
        RightAmongNeighbours += isNeighbours ? right : 0;
        if (seconds - right > 5)
        {
            _differences.Add(string.Join(
                ',', truth["line"], truth["start"], truth["end"], truth["bucket"], truth["cause_machine"],
                most.Stop?["cause_machine"] ?? "", most.Stop?["bucket"] ?? "", (seconds - right).ToString("F1", CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Stops found in [start, end); they are ordered and do not overlap each other.</summary>
    private IEnumerable<CsvRow> Overlapping(string line, DateTime start, DateTime end)
    {
        if (!_foundStops.TryGetValue(line, out List<CsvRow>? stops))
        {
            yield break;
        }

        int low = 0;
        for (int high = stops.Count; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = stops[middle].Time("end") <= start ? (middle + 1, high) : (low, middle);
        }

        for (; low < stops.Count && stops[low].Time("start") < end; low++)
        {
            yield return stops[low];
        }
    }
}
