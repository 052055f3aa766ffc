using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Oee;
using Linewatch.Operations.Alerts;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Balance;

namespace Linewatch.Server.Flow;

/// <summary>The derived measurements that dashboards read; ingest/Storage/README.md lists their tags and fields.</summary>
internal static class DerivedPoints
{
    /// <summary>The running shift's figures at the snapshot's event time, and what was lost so far by cause.</summary>
    public static IEnumerable<DerivedPoint> Oee(Plant plant, LineSnapshot snapshot)
    {
        Dictionary<string, object> fields = new()
        {
            ["good"] = snapshot.Quantities.Good,
            ["total"] = snapshot.Quantities.Total,
            ["reject"] = snapshot.Quantities.Reject,
        };
        Add("availability", snapshot.Figures.Availability);
        Add("performance", snapshot.Figures.Performance);
        Add("quality", snapshot.Figures.Quality);
        Add("oee", snapshot.Figures.Oee);
        yield return new DerivedPoint("oee", Tags(("site", plant.Site), ("line", snapshot.Line)), fields, snapshot.At);

        foreach (IGrouping<string, Stop> stops in snapshot.Record.Stops
            .Where(stop => stop.Lost > TimeSpan.Zero)
            .GroupBy(stop => stop.CauseMachine ?? "unattributed"))
        {
            yield return new DerivedPoint(
                "loss",
                Tags(("site", plant.Site), ("line", snapshot.Line), ("cause", stops.Key)),
                new Dictionary<string, object> { ["seconds"] = stops.Sum(stop => stop.Lost.TotalSeconds) },
                snapshot.At);
        }

        void Add(string field, double? value)
        {
            if (value is { } defined)
            {
                fields.Add(field, defined);
            }
        }
    }

    /// <summary>A machine entered a state.</summary>
    public static DerivedPoint State(in Reading reading, Bucket? bucket) => new(
        "state",
        Tags(("site", reading.Signal.Path.Site), ("area", reading.Signal.Path.Area), ("line", reading.Signal.Path.Line), ("machine", reading.Signal.Path.Machine)),
        new Dictionary<string, object> { ["code"] = reading.Value, ["bucket"] = Kebab((bucket ?? Bucket.Waiting).ToString()) },
        reading.EventTime);

    /// <summary>A detector found something.</summary>
    public static DerivedPoint Anomaly(Signal signal, in Reading reading, in SignalVerdict verdict, AlertSeverity severity, AnomalyEvidence evidence, string foundBy, long modelUse) => Anomaly(
        Tags(("site", signal.Path.Site), ("area", signal.Path.Area), ("line", signal.Path.Line), ("machine", signal.Path.Machine), ("signal", signal.Path.Signal)),
        reading.EventTime, (verdict.Score, reading.Value, verdict.Lower, verdict.Upper), severity, evidence, foundBy, modelUse);

    /// <summary>The signals of a machine no longer go together; value and band are the share of the limit.</summary>
    public static DerivedPoint RowAnomaly(in Reading reading, double score, AnomalyEvidence evidence, string foundBy, long modelUse) => Anomaly(
        Tags(("site", reading.Signal.Path.Site), ("area", reading.Signal.Path.Area), ("line", reading.Signal.Path.Line), ("machine", reading.Signal.Path.Machine)),
        reading.EventTime, (score, score, 0, 1), AlertSeverity.Advisory, evidence, foundBy, modelUse);

    private static DerivedPoint Anomaly(
        Dictionary<string, string> tags, DateTime eventTime, (double Score, double Value, double Lower, double Upper) figures, AlertSeverity severity, AnomalyEvidence evidence, string foundBy, long modelUse)
    {
        Dictionary<string, object> fields = new()
        {
            ["score"] = figures.Score,
            ["value"] = figures.Value,
            ["lower"] = figures.Lower,
            ["upper"] = figures.Upper,
            ["severity"] = Kebab(severity.ToString()),
            ["detector"] = modelUse == 0 ? foundBy : $"{foundBy}, model use {modelUse}",
        };
        evidence.AddTo(fields);
        return new DerivedPoint("anomaly", tags, fields, eventTime);
    }

    /// <summary>What became of the messages of one source and hour.</summary>
    public static DerivedPoint Balance(BalanceRow row) => new(
        "balance",
        Tags(("source", row.Source)),
        new Dictionary<string, object>
        {
            ["received"] = row.Received,
            ["stored"] = row.Stored,
            ["duplicate"] = row.Duplicate,
            ["quarantined"] = row.Quarantined,
            ["pending"] = row.Pending,
        },
        row.Hour);

    /// <summary>OwnFailure → own-failure.</summary>
    private static string Kebab(string name) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    private static Dictionary<string, string> Tags(params ReadOnlySpan<(string Name, string Value)> tags)
    {
        Dictionary<string, string> all = [];
        foreach ((string name, string value) in tags)
        {
            all.Add(name, value);
        }

        return all;
    }
}
