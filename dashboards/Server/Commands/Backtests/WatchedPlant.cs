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
    private DateTime _advanced;

    /// <param name="plant">The plant.</param>
    /// <param name="settings">How its signals are watched.</param>
    public WatchedPlant(Plant plant, MonitorSettings settings)
    {
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

    private void Watch(DateTime publishTime)
    {
        foreach (Reading reading in _decoder.Batch.Readings.Span)
        {
            LineAnalysis line = _lines[reading.Signal.Path.Line];
            lock (line.Gate)
            {
                line.Accept(reading, publishTime, Messages, _findings, _points);
            }
        }

        Readings += _decoder.Batch.Count;
        _decoder.Batch.Clear();
        _points.Clear();
        Alerts.AddRange(_findings.Where(finding => finding.IsActive).Select(finding => new RaisedAlert(
            finding.Source.Line, finding.Source.Machine, finding.Source.Signal!, finding.EventTime, finding.Detector == SignalWatch.SensorRule, finding.Message)));
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
