using System.Text.Json;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Server.Flow;

/// <summary>The signals of one machine watched together, where its plant file chooses how and a model was trained, and the alerts that follow.</summary>
/// <param name="line">The line.</param>
/// <param name="machine">Its machine.</param>
/// <param name="kept">What was kept of an earlier run; null = nothing.</param>
/// <param name="cases">The machine's anomalies so far.</param>
internal sealed class RowWatch(Line line, Machine machine, MachineRows? kept, PastCases cases)
{
    private const int CasesNamed = 3;
    private const int DriversNamed = 4;

    private bool _mayBeOpen = true;

    /// <summary>What watches; null where the plant file chooses nothing and until a model is trained.</summary>
    public MachineRows? Rows { get; private set; } = OfMachine(machine, kept);

    /// <summary>Where its alerts come from: the machine as a whole.</summary>
    public AlertSource Source { get; } = new(line.Id, machine.Id);

    /// <summary>The machine's name.</summary>
    public string MachineName => machine.Name;

    /// <summary>The use of a trained model that it comes from.</summary>
    public long ModelUse { get; set; }

    /// <summary>What judgements made of its limit.</summary>
    public AlarmScoreRule Rule { get; private set; } = new(0);

    /// <summary>Goes on with what a trained model brings; null = nothing watches.</summary>
    public void Adopt(MachineRows? trained)
    {
        Rows = OfMachine(machine, trained);
        _mayBeOpen = true;
        TakeLift();
    }

    /// <summary>Takes what people said of its alerts, from the first to the last.</summary>
    public void Take(IEnumerable<Judgement> judgements)
    {
        Rule = judgements.Aggregate(new AlarmScoreRule(Rule.Initial), (rule, judgement) => rule.After(judgement));
        TakeLift();
    }

    /// <summary>Takes what a signal's own monitor said of a reading and adds what people must hear of.</summary>
    public void Observe(in Reading reading, VerdictKind kind, double deviation, long journalPosition, List<AlertFinding> findings, List<DerivedPoint> points)
    {
        RowChange change = Rows is null ? RowChange.Normal
            : Rows.PlaceOf(reading.Signal.Path.Signal) is >= 0 and var place ? Rows.Observe(place, reading.EventTime, kind, deviation)
            : RowChange.None;
        if (change == RowChange.Normal && _mayBeOpen)
        {
            _mayBeOpen = false;
            findings.Add(new AlertFinding { Detector = DetectorRules.Anomaly, Source = Source, IsActive = false, EventTime = reading.EventTime, Message = "" });
        }
        else if (change == RowChange.Odd && (reading.Flags & ReadingFlags.Historical) == 0)
        {
            _mayBeOpen = true;
            Tell(reading, journalPosition, findings, points);
        }
    }

    private static MachineRows? OfMachine(Machine machine, MachineRows? rows) => rows?.Kind == machine.RowDetector ? rows : null;

    private void TakeLift()
    {
        if (Rows is { } rows)
        {
            rows.Lift = Rule.Lift;
        }
    }

    private void Tell(in Reading reading, long journalPosition, List<AlertFinding> findings, List<DerivedPoint> points)
    {
        (string Signal, double Share)[] drivers = [.. Rows!.Drivers().Take(DriversNamed)];
        DateTime[] alike = [.. cases.Like(drivers, CasesNamed).Select(one => one.EventTime)];
        cases.Add(reading.EventTime, drivers);
        AnomalyEvidence evidence = new(drivers, alike);
        string foundBy = $"{JsonNamingPolicy.KebabCaseLower.ConvertName(Rows.Kind.ToString())} {MachineRows.Version}";
        findings.Add(new AlertFinding
        {
            Detector = DetectorRules.Anomaly,
            FoundBy = foundBy,
            Source = Source,
            IsActive = true,
            EventTime = reading.EventTime,
            Message = $"{machine.Name}: its signals no longer go together as they used to{evidence.Words()}",
            Value = Rows.Score,
            ExpectedLower = 0,
            ExpectedUpper = 1,
            Unit = "1",
            JournalPosition = journalPosition,
        });
        points.Add(DerivedPoints.RowAnomaly(reading, Rows.Score, evidence, foundBy, ModelUse));
    }
}
