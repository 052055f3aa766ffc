using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Live;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Server.Flow;

/// <summary>One watched signal: its monitor, and the alerts that follow from what the monitor says.</summary>
/// <param name="machine">The signal's machine.</param>
/// <param name="signal">The signal.</param>
/// <param name="monitor">Judges its readings.</param>
/// <param name="others">The watches of the same machine, for what else is odd with it; this one may be among them.</param>
/// <param name="cases">The machine's anomalies so far.</param>
internal sealed class SignalWatch(Machine machine, Signal signal, ISignalMonitor monitor, IReadOnlyList<SignalWatch> others, PastCases cases)
{
    /// <summary>Rule name of an odd process value.</summary>
    public const string AnomalyRule = DetectorRules.Anomaly;

    /// <summary>Rule name of a sensor that cannot be trusted.</summary>
    public const string SensorRule = DetectorRules.SensorFault;

    /// <summary>So many normal readings in a row end an alert.</summary>
    private const int NormalToClear = 30;

    /// <summary>Share of its alarm score from which another signal of the machine is named with the one that raises an alert.</summary>
    private const double Odd = 0.3;

    private const int CasesNamed = 3;

    /// <summary>A sensor that differs from its twin is told of again after this.</summary>
    private static readonly TimeSpan TwinRest = TimeSpan.FromHours(2);

    private SignalWatch? _other;
    private TwinSensors? _twins;
    private int _sensor;
    private DateTime _twinRestUntil;
    private int _normal;
    private bool _mayBeOpen = true;
    private bool _told;

    public Signal Signal => signal;

    /// <summary>Judges its readings; a trained model brings another.</summary>
    public ISignalMonitor Monitor { get; private set; } = monitor;

    /// <summary>How odd the last reading was, as a share of the alarm score; negative where it lay below what was expected.</summary>
    public double Oddness { get; private set; }

    /// <summary>What judgements made of the signal's alarm score.</summary>
    public AlarmScoreRule Rule { get; private set; } = new(monitor.AlarmScore);

    /// <summary>How the sensor does beside a second one that measures the same, for the first of the two to keep; null where there is none.</summary>
    public TwinSensors? KeptTwin => _sensor == 0 ? _twins : null;

    /// <summary>Holds this signal's sensor and another's against each other; nothing changes where either has a twin already.</summary>
    public void PairWith(SignalWatch other, KeptMonitors kept)
    {
        if (_other is not null || other._other is not null)
        {
            return;
        }

        (_other, other._other) = (other, this);
        _twins = other._twins = kept.TwinOf(signal);
        other._sensor = 1;
    }

    /// <summary>The use of a trained model that the monitor comes from; 0 = it learned by itself.</summary>
    public long ModelUse { get; set; }

    /// <summary>Goes on with the monitor of a trained model.</summary>
    public void Adopt(ISignalMonitor trained)
    {
        trained.Lift = Rule.Lift;
        Monitor = trained;
        _normal = 0;
        _mayBeOpen = true;
        _told = false;
    }

    /// <summary>Takes what people said of the signal's alerts, from the first to the last.</summary>
    public void Take(IEnumerable<Judgement> judgements)
    {
        Rule = judgements.Aggregate(new AlarmScoreRule(Rule.Initial), (rule, judgement) => rule.After(judgement));
        Monitor.Lift = Rule.Lift;
    }

    /// <summary>Judges a reading and adds what people must hear of.</summary>
    /// <returns>What the reading was taken for.</returns>
    public VerdictKind Observe(in Reading reading, in SignalContext context, long journalPosition, List<AlertFinding> findings, List<DerivedPoint> points)
    {
        SignalVerdict verdict = BesideTwin(reading, context, Monitor.Observe(reading.EventTime, reading.Value, context), findings);
        Oddness = Math.CopySign(verdict.Score / Monitor.AlarmScore, double.IsNaN(verdict.Expected) ? 1 : reading.Value - verdict.Expected);
        if (verdict.Kind == VerdictKind.Normal)
        {
            _normal++;
            _told = false;
            if (_normal == NormalToClear && _mayBeOpen)
            {
                _mayBeOpen = false;
                findings.Add(Over(AnomalyRule, reading.EventTime));
                findings.Add(Over(SensorRule, reading.EventTime));
            }

            return verdict.Kind;
        }

        if (verdict.Kind is VerdictKind.Anomaly || verdict.IsDataFault)
        {
            _normal = 0;
        }

        if (!verdict.IsAlarm || (reading.Flags & ReadingFlags.Historical) != 0)
        {
            return verdict.Kind;
        }

        _mayBeOpen = true;
        _told = true;
        bool fault = verdict.IsDataFault;
        List<(string Signal, double Oddness)> drivers = fault ? [] : Drivers();
        double sum = drivers.Sum(driver => Math.Abs(driver.Oddness));
        AnomalyEvidence evidence = new([.. drivers.Select(driver => (driver.Signal, Math.Abs(driver.Oddness) / sum))], Alike(reading.EventTime, drivers));
        string foundBy = verdict.Kind is VerdictKind.Drift or VerdictKind.Noise ? TwinSensors.Version : Monitor.Detector;
        AlertSeverity severity = fault ? AlertSeverity.Low : AlertSeverity.Advisory;
        findings.Add(new AlertFinding
        {
            Detector = fault ? SensorRule : AnomalyRule,
            FoundBy = foundBy,
            Source = AlertSource.Of(signal.Path),
            IsActive = true,
            EventTime = reading.EventTime,
            Message = Message(reading, verdict) + evidence.Words(),
            Value = Finite(reading.Value),
            ExpectedLower = Finite(verdict.Lower),
            ExpectedUpper = Finite(verdict.Upper),
            Unit = signal.Unit,
            JournalPosition = journalPosition,
        });
        points.Add(DerivedPoints.Anomaly(signal, reading, verdict, severity, evidence, foundBy, ModelUse));
        return verdict.Kind;
    }

    /// <summary>What is odd about a sensor alone is no news of the machine: an anomaly told of it before is over.</summary>
    private SignalVerdict BesideTwin(in Reading reading, in SignalContext context, in SignalVerdict verdict, List<AlertFinding> findings)
    {
        if (_twins is null)
        {
            return verdict;
        }

        if (context.Activity != Activity.Producing || verdict.Kind is VerdictKind.Missing or VerdictKind.Frozen or VerdictKind.Dropout)
        {
            _twins.Restart(_sensor);
            return verdict;
        }

        VerdictKind kind = verdict.Kind == VerdictKind.OutOfOrder ? VerdictKind.Normal : _twins.Observe(_sensor, reading.EventTime, reading.Value, verdict.Expected);
        if (kind == VerdictKind.Normal)
        {
            return verdict;
        }

        bool tell = reading.EventTime >= _twinRestUntil;
        _twinRestUntil = reading.EventTime + TwinRest;
        if (tell && _mayBeOpen)
        {
            findings.Add(Over(AnomalyRule, reading.EventTime));
        }

        return verdict with { Kind = kind, IsAlarm = tell };
    }

    private AlertFinding Over(string detector, DateTime eventTime) =>
        new() { Detector = detector, Source = AlertSource.Of(signal.Path), IsActive = false, EventTime = eventTime, Message = "" };

    /// <summary>What is odd about the machine now: this signal, and those that are odd but were not told of yet; the oddest first.</summary>
    private List<(string Signal, double Oddness)> Drivers() =>
        [.. others
            .Where(other => other == this || (!other._told && Math.Abs(other.Oddness) >= Odd))
            .OrderByDescending(other => Math.Abs(other.Oddness))
            .Select(other => (other.Signal.Path.Signal, other.Oddness))];

    /// <summary>When it looked alike before, the most alike first; this one is remembered then.</summary>
    private DateTime[] Alike(DateTime eventTime, List<(string Signal, double Oddness)> drivers)
    {
        if (drivers.Count == 0)
        {
            return [];
        }

        DateTime[] alike = [.. cases.Like(drivers, CasesNamed).Select(one => one.EventTime)];
        cases.Add(eventTime, drivers);
        return alike;
    }

    private string Message(in Reading reading, in SignalVerdict verdict)
    {
        string what = $"{signal.Name} of {machine.Name}";
        string unit = Figure.Unit(signal.Unit) is { Length: > 0 } usual ? " " + usual : "";
        double band = verdict.Upper - verdict.Lower;
        string now = Figure.Rounded(reading.Value, band);
        return verdict.Kind switch
        {
            VerdictKind.Missing => $"{what}: the sensor gives no value",
            VerdictKind.Frozen => $"{what}: the sensor has been frozen at {now}{unit}",
            VerdictKind.Drift => $"{what}: the sensor drifts away from {_other!.Signal.Name}: {now}{unit} now, usually about {Figure.Rounded(verdict.Expected, band)}{unit}",
            VerdictKind.Noise => $"{what}: the sensor has become noisy, {_other!.Signal.Name} has not",
            VerdictKind.Dropout => $"{what}: the sensor dropped to 0{unit} while the machine runs",
            _ when reading.Value >= verdict.Lower && reading.Value <= verdict.Upper =>
                $"{what} moves unlike before: {now}{unit} now, usually about {Figure.Rounded(verdict.Expected, band)}{unit}",
            _ => $"{what} is {now}{unit}; expected {Figure.Rounded(verdict.Lower, band)} to {Figure.Rounded(verdict.Upper, band)}{unit}",
        } + (verdict.Kind == VerdictKind.Anomaly ? Zone(reading.Value, verdict.Expected) : "");
    }

    /// <summary>The vibration's zone, and whether it changed significantly, where ISO 20816-3 speaks of the machine.</summary>
    private string Zone(double value, double expected)
    {
        if (signal.Unit != "mm/s" || !(machine.RatedPowerKilowatt >= VibrationLimits.SmallestPower))
        {
            return "";
        }

        VibrationLimits limits = VibrationLimits.For(machine.RatedPowerKilowatt.Value, machine.Support);
        return limits.ZoneOf(value) is not { } zone ? ""
            : $" (zone {zone} of ISO 20816-3{(limits.IsSignificantChange(expected, value) ? ", significantly changed" : "")})";
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
