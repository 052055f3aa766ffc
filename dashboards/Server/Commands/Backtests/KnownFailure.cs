using System.Globalization;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>A failure as the truth tells it: a row of failures.csv of the virtual plant.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Mode">What goes wrong.</param>
/// <param name="Onset">When it begins, UTC.</param>
/// <param name="Detectable">When it can be seen, UTC.</param>
/// <param name="Functional">When the machine stops for it, UTC; null = not within the recording.</param>
/// <param name="Repaired">When it is put right, UTC; null = not within the recording.</param>
/// <param name="Signals">The signals that show it.</param>
/// <param name="IsBenign">Whether nothing is wrong with the machine.</param>
internal sealed record KnownFailure(
    string Line, string Machine, string Mode, DateTime Onset, DateTime Detectable, DateTime? Functional, DateTime? Repaired, IReadOnlySet<string> Signals, bool IsBenign)
{
    /// <summary>After a repair what was odd takes a while to look normal again.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromHours(2);

    /// <summary>Reads failures.csv.</summary>
    /// <exception cref="InvalidDataException">A row is not as expected; says which.</exception>
    public static List<KnownFailure> Read(string path)
    {
        List<KnownFailure> failures = [];
        foreach (string row in File.ReadLines(path).Skip(1))
        {
            string[] cells = row.Split(',');
            if (cells.Length != 10)
            {
                throw new InvalidDataException($"{path}, row {failures.Count + 2}: 10 cells are expected, there are {cells.Length}");
            }

            failures.Add(new KnownFailure(
                cells[0], cells[1], cells[2], Time(cells[4])!.Value, Time(cells[5])!.Value, Time(cells[6]), Time(cells[7]), SignalsOf(cells[8], cells[3]), cells[9] == "true"));
        }

        return failures;
    }

    /// <summary>Whether an alert of the machine can be laid to this failure by its time.</summary>
    public bool Covers(RaisedAlert alert) =>
        alert.Line == Line && alert.Machine == Machine && alert.EventTime >= Onset && (Repaired is null || alert.EventTime <= Repaired + Aftermath);

    /// <summary>Whether an alert names a signal that shows this failure while it lasts.</summary>
    public bool Explains(RaisedAlert alert) => Covers(alert) && Signals.Contains(alert.Signal);

    private static HashSet<string> SignalsOf(string cell, string component) =>
        [.. cell.Split(' ').Select(signal => signal switch
        {
            "valve_volume" => $"valve_volume_v{component.PadLeft(3, '0')}",
            "head_torque" => $"head_torque_h{component.PadLeft(2, '0')}",
            _ => signal,
        })];

    private static DateTime? Time(string cell) =>
        cell.Length == 0 ? null : DateTime.Parse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
