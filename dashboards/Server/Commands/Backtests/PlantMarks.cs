using System.Globalization;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>How the alerts of one or several runs of the virtual plant compare with what really happened.</summary>
internal sealed class PlantMarks
{
    private readonly SortedDictionary<string, ModeMarks> _modes = new(StringComparer.Ordinal);

    /// <summary>Failures that stopped their machine within the recording.</summary>
    public int Failures => _modes.Values.Sum(mode => mode.Failures);

    /// <summary>Of those, how many an alert on one of their signals told of before.</summary>
    public int Detected => _modes.Values.Sum(mode => mode.Leads.Count);

    /// <summary>Failures with any alert on their machine before, of which the first named …</summary>
    public int Named => _modes.Values.Sum(mode => mode.Named);

    /// <summary>… a signal that shows the failure.</summary>
    public int NamedRightly => _modes.Values.Sum(mode => mode.NamedRightly);

    /// <summary>Alerts that no failure explains.</summary>
    public List<RaisedAlert> FalseAlarms { get; } = [];

    /// <summary>Sensors that fell silent or froze and were told as data faults.</summary>
    public int DataFaultsTold { get; private set; }

    /// <summary>Alerts in all.</summary>
    public int Alerts { get; private set; }

    /// <summary>Machines times weeks.</summary>
    public double MachineWeeks { get; private set; }

    /// <summary>Lead as a share of the time from detectable to functional failure, median over the failures found.</summary>
    public double MedianLead => Median([.. _modes.Values.SelectMany(mode => mode.Leads)]);

    /// <summary>Adds a run.</summary>
    public void Add(IReadOnlyList<KnownFailure> failures, IReadOnlyList<RaisedAlert> alerts, double machineWeeks)
    {
        Alerts += alerts.Count;
        MachineWeeks += machineWeeks;
        foreach (RaisedAlert alert in alerts)
        {
            if (failures.Any(failure => failure.Explains(alert) && (!failure.IsBenign || alert.IsSensorFault)))
            {
                DataFaultsTold += failures.Any(failure => failure.IsBenign && failure.Explains(alert)) ? 1 : 0;
            }
            else
            {
                FalseAlarms.Add(alert);
            }
        }

        foreach (KnownFailure failure in failures.Where(failure => !failure.IsBenign && failure.Functional is not null))
        {
            if (!_modes.TryGetValue(failure.Mode, out ModeMarks? mode))
            {
                _modes.Add(failure.Mode, mode = new ModeMarks());
            }

            mode.Add(failure, failures, alerts);
        }
    }

    /// <summary>Writes the table by failure mode and the sums.</summary>
    public void Write(TextWriter to)
    {
        to.WriteLine("| failure mode | failures | detected before | median lead, share of detectable to functional | median lead, h | right signal first |");
        to.WriteLine("|---|---|---|---|---|---|");
        foreach ((string name, ModeMarks mode) in _modes)
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {mode.Failures} | {mode.Leads.Count} | {Median(mode.Leads):F2} | {Median(mode.LeadHours):F1} | {mode.NamedRightly} of {mode.Named} |"));
        }

        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| **all, {_modes.Count} modes** | **{Failures}** | **{Detected} ({100.0 * Detected / Math.Max(1, Failures):F1} %)** | **{MedianLead:F2}** | {Median([.. _modes.Values.SelectMany(mode => mode.LeadHours)]):F1} | **{NamedRightly} of {Named} ({100.0 * NamedRightly / Math.Max(1, Named):F1} %)** |"));
        to.WriteLine();
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Alerts} alerts, {FalseAlarms.Count} of them false: {FalseAlarms.Count / Math.Max(1e-9, MachineWeeks):F2} a machine-week ({MachineWeeks:F0} machine-weeks); {DataFaultsTold} data faults of sensors told as such."));
        to.WriteLine("False by signal: " + string.Join(", ", FalseAlarms
            .GroupBy(alarm => $"{alarm.Machine}/{alarm.Signal.Split("_v")[0].Split("_h0")[0].Split("_h1")[0]}{(alarm.IsSensorFault ? " (sensor)" : "")}")
            .OrderByDescending(group => group.Count()).Take(12).Select(group => $"{group.Key} {group.Count()}")));
    }

    private static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The marks of one failure mode.</summary>
    private sealed class ModeMarks
    {
        public int Failures { get; private set; }

        public int Named { get; private set; }

        public int NamedRightly { get; private set; }

        public List<double> Leads { get; } = [];

        public List<double> LeadHours { get; } = [];

        public void Add(KnownFailure failure, IReadOnlyList<KnownFailure> failures, IReadOnlyList<RaisedAlert> alerts)
        {
            Failures++;
            DateTime end = failure.Functional!.Value;
            if (alerts.FirstOrDefault(alert => failure.Explains(alert) && alert.EventTime < end) is { } found)
            {
                Leads.Add((end - found.EventTime) / (end - failure.Detectable));
                LeadHours.Add((end - found.EventTime).TotalHours);
            }

            // What another failure of the machine explains says nothing of how this one was named.
            if (alerts.FirstOrDefault(alert => failure.Covers(alert) && alert.EventTime < end
                && (failure.Explains(alert) || !failures.Any(other => other.Explains(alert)))) is { } first)
            {
                Named++;
                NamedRightly += failure.Explains(first) ? 1 : 0;
            }
        }
    }
}
