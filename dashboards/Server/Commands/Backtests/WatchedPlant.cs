using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// A plant as the running service watches it, fed with messages instead of a journal: the same decoder, line analysis and
/// watches with their context. Keeps the alerts about signals. Not thread-safe.
/// </summary>
internal sealed class WatchedPlant
{
    private readonly RecordedDecoder _decoder;
    private readonly Dictionary<string, LineAnalysis> _lines;
    private readonly List<AlertFinding> _findings = [];
    private readonly List<DerivedPoint> _points = [];
    private readonly PlantTraining? _training;
    private DateTime _advanced;

    /// <param name="plant">The plant.</param>
    /// <param name="settings">How its signals are watched.</param>
    /// <param name="training">Trains its models on the way; null = the monitors learn by themselves.</param>
    public WatchedPlant(Plant plant, MonitorSettings settings, PlantTraining? training = null)
    {
        _training = training;
        _decoder = new RecordedDecoder(plant);
        KeptMonitors nothing = new(settings);
        _lines = plant.Lines.ToDictionary(line => line.Id, line => new LineAnalysis(plant, line, nothing, TimeProvider.System), StringComparer.Ordinal);
    }

    /// <summary>Messages taken.</summary>
    public long Messages => _decoder.Messages;

    /// <summary>Readings that were in them.</summary>
    public long Readings { get; private set; }

    /// <summary>The alerts, in the order they were raised.</summary>
    public List<RaisedAlert> Alerts { get; } = [];

    /// <summary>Takes a message.</summary>
    public void Take(DateTime publishTime, string topic, ReadOnlyMemory<byte> payload)
    {
        _decoder.Decode(publishTime, topic, payload.Span);
        Watch(publishTime);
    }

    /// <summary>Takes a message.</summary>
    public void Take(DateTime publishTime, ReadOnlySpan<byte> topic, ReadOnlyMemory<byte> payload)
    {
        _decoder.Decode(publishTime, topic, payload.Span);
        Watch(publishTime);
    }

    /// <summary>The signal that drives an anomaly of the machine as a whole, from what the store would keep of it.</summary>
    private string LeadingSignal(AlertFinding finding)
    {
        DerivedPoint anomaly = _points.First(point => point.Measurement == "anomaly" && point.EventTime == finding.EventTime
            && point.Tags["machine"] == finding.Source.Machine && point.Tags["line"] == finding.Source.Line && !point.Tags.ContainsKey("signal"));
        return ((string)anomaly.Fields["drivers"]).Split(' ')[0];
    }

    private void Watch(DateTime publishTime)
    {
        foreach (Reading reading in _decoder.Batch.Readings.Span)
        {
            LineAnalysis line = _lines[reading.Signal.Path.Line];
            lock (line.Gate)
            {
                _training?.Observe(reading, _lines);
                line.Accept(reading, publishTime, Messages, _findings, _points);
            }
        }

        Readings += _decoder.Batch.Count;
        _decoder.Batch.Clear();
        Alerts.AddRange(_findings.Where(finding => finding.IsActive).Select(finding => new RaisedAlert(
            finding.Source.Line,
            finding.Source.Machine,
            finding.Source.Signal ?? LeadingSignal(finding),
            finding.EventTime,
            finding.Detector == SignalWatch.SensorRule,
            finding.Message)));
        if (_training is not null)
        {
            _findings.ForEach(_training.Hear);
        }

        _points.Clear();
        _findings.Clear();
        if (publishTime - _advanced > TimeSpan.FromMinutes(1))
        {
            _advanced = publishTime;
            foreach (LineAnalysis line in _lines.Values)
            {
                _ = line.Engine.Advance(publishTime);
            }
        }
    }
}
