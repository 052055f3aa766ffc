using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;

namespace Linewatch.Server.Api;

/// <summary>How rules and detectors do, over the last days.</summary>
/// <param name="Days">How many.</param>
/// <param name="Recall">Of all rules that tell of machines together.</param>
/// <param name="Rules">By rule, over all machines.</param>
/// <param name="Detectors">By rule and detector, over all machines, of what detectors found.</param>
/// <param name="Signals">By rule and signal, or machine for what its signals told together; a machine-week is that of the machine.</param>
internal sealed record DetectorMarks(int Days, RecallEstimate Recall, IReadOnlyList<Mark> Rules, IReadOnlyList<Mark> Detectors, IReadOnlyList<Mark> Signals)
{
    /// <summary>The marks by what was judged and what broke.</summary>
    /// <param name="judged">Verdicts of these days.</param>
    /// <param name="breakdowns">Breakdowns of these days.</param>
    /// <param name="days">How many.</param>
    /// <param name="plant">The plant.</param>
    /// <param name="anomalies">Rules over anomalies, whose thresholds verdicts move.</param>
    /// <param name="ofSensors">Rules that tell of what watches the machines rather than of them.</param>
    public static DetectorMarks Of(
        IReadOnlyList<AlertVerdict> judged, IReadOnlyList<Breakdown> breakdowns, int days, Plant plant, IReadOnlySet<string> anomalies, IReadOnlySet<string> ofSensors)
    {
        TimeSpan machine = TimeSpan.FromDays(days);
        TimeSpan machines = machine * Math.Max(1, plant.Lines.Sum(line => line.Machines.Count));
        HashSet<(string Rule, string? FoundBy)> tellers = [.. judged.Select(verdict => (verdict.Rule, verdict.FoundBy)), .. breakdowns.SelectMany(breakdown => breakdown.Told).Select(alert => (alert.Rule, alert.FoundBy))];
        IEnumerable<string> rules = tellers.Select(teller => teller.Rule).Concat(breakdowns.Count > 0 ? [DetectorRules.Anomaly] : []).Distinct(StringComparer.Ordinal);
        return new DetectorMarks(
            days,
            RecallOf((rule, _) => !ofSensors.Contains(rule), judged, breakdowns),
            [.. rules.Order(StringComparer.Ordinal).Select(rule => OverAll(rule, null, (other, _) => other == rule))],
            [.. tellers.Where(teller => teller.FoundBy is not null)
                .OrderBy(teller => teller.FoundBy, StringComparer.Ordinal).ThenBy(teller => teller.Rule, StringComparer.Ordinal)
                .Select(teller => OverAll(teller.Rule, teller.FoundBy, (rule, foundBy) => (rule, foundBy) == teller))],
            [.. judged.Where(verdict => verdict.Signal is not null || anomalies.Contains(verdict.Rule))
                .GroupBy(verdict => (verdict.Rule, Source: string.Join('/', ((string?[])[verdict.Line, verdict.Machine, verdict.Signal]).OfType<string>())))
                .OrderBy(group => group.Key.Source, StringComparer.Ordinal).ThenBy(group => group.Key.Rule, StringComparer.Ordinal)
                .Select(group => Mark.Of(group.Key.Rule, group.Key.Source, group, machine, isMoved: anomalies.Contains(group.Key.Rule)))]);

        Mark OverAll(string rule, string? detector, Func<string, string?, bool> isMeant) =>
            Mark.Of(rule, null, judged.Where(verdict => isMeant(verdict.Rule, verdict.FoundBy)), machines, isMoved: false) with
            {
                Detector = detector,
                Recall = ofSensors.Contains(rule) ? null : RecallOf(isMeant, judged, breakdowns),
            };
    }

    /// <summary>Breakdowns told of, and faults that were judged true without one: somebody saw to them in time.</summary>
    private static RecallEstimate RecallOf(Func<string, string?, bool> isMeant, IReadOnlyList<AlertVerdict> judged, IReadOnlyList<Breakdown> breakdowns)
    {
        int told = breakdowns.Count(breakdown => breakdown.Told.Any(alert => isMeant(alert.Rule, alert.FoundBy)));
        HashSet<string> ofBreakdowns = [.. breakdowns.SelectMany(breakdown => breakdown.Told).Select(alert => alert.Id)];
        int averted = 0;
        foreach (IGrouping<(string Line, string Machine), AlertVerdict> machine in judged
            .Where(verdict => verdict.Verdict == Judgement.True && isMeant(verdict.Rule, verdict.FoundBy) && !ofBreakdowns.Contains(verdict.AlertId))
            .GroupBy(verdict => (verdict.Line, verdict.Machine)))
        {
            DateTime counted = DateTime.MinValue;
            foreach (DateTime at in machine.Select(verdict => verdict.JudgedAt).Order())
            {
                if (at >= counted.AddDays(DetectorRecord.DaysBefore))
                {
                    counted = at;
                    averted++;
                }
            }
        }

        return new RecallEstimate(told + averted, breakdowns.Count - told);
    }
}

/// <summary>The marks of a rule, of what one detector found for it, or of it on one signal.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Signal"><c>line/machine/signal</c>, or <c>line/machine</c> for its signals together; null = all.</param>
/// <param name="True">Alerts judged true.</param>
/// <param name="False">Alerts judged false or duty.</param>
/// <param name="Precision">Share of the judged alerts that were true.</param>
/// <param name="FalsePerMachineWeek">Alerts judged false or duty a machine-week.</param>
/// <param name="Lift">What the verdicts added to the alarm score, decades; null for all, and for rules of which nothing is moved.</param>
/// <param name="Recall">Of the faults people know of, how many it told of; null by signal, and for rules that tell of no machine.</param>
/// <param name="Detector">Kind and version of the detector; null = whoever found it.</param>
internal sealed record Mark(
    string Rule, string? Signal, int True, int False, double? Precision, double FalsePerMachineWeek, double? Lift, RecallEstimate? Recall = null, string? Detector = null)
{
    public static Mark Of(string rule, string? signal, IEnumerable<AlertVerdict> verdicts, TimeSpan machineTime, bool isMoved)
    {
        AlarmScoreRule marks = verdicts.Aggregate(new AlarmScoreRule(0), (sum, verdict) => sum.After(verdict.Verdict));
        return new Mark(rule, signal, marks.Trues, marks.Falses, marks.Precision, marks.FalsesPerMachineWeek(machineTime), isMoved ? marks.Lift : null);
    }
}
