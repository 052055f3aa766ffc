using System.Text;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// A plant as the running service watches it, fed with messages instead of a journal: the same decoder, line analysis and
/// watches with their context. Keeps the alerts about signals. Not thread-safe.
/// </summary>
internal sealed class WatchedPlant
{
    private readonly MessageDecoder _decoder;
    private readonly ReadingBatch _batch;
    private readonly Dictionary<string, LineAnalysis> _lines;
    private readonly List<AlertFinding> _findings = [];
    private readonly List<DerivedPoint> _points = [];
    private byte[] _record = new byte[4096];
    private byte[] _topic = new byte[256];
    private DateTime _advanced;

    /// <param name="plant">The plant.</param>
    /// <param name="settings">How its signals are watched.</param>
    public WatchedPlant(Plant plant, MonitorSettings settings)
    {
        _decoder = new MessageDecoder(plant);
        _batch = new ReadingBatch { Plant = plant };
        KeptMonitors nothing = new(settings);
        _lines = plant.Lines.ToDictionary(line => line.Id, line => new LineAnalysis(plant, line, nothing, TimeProvider.System), StringComparer.Ordinal);
    }

    /// <summary>Messages taken.</summary>
    public long Messages { get; private set; }

    /// <summary>Readings that were in them.</summary>
    public long Readings { get; private set; }

    /// <summary>The alerts, in the order they were raised.</summary>
    public List<RaisedAlert> Alerts { get; } = [];

    /// <summary>Takes a message.</summary>
    public void Take(DateTime publishTime, string topic, ReadOnlyMemory<byte> payload)
    {
        if (_topic.Length < Encoding.UTF8.GetMaxByteCount(topic.Length))
        {
            _topic = new byte[Encoding.UTF8.GetMaxByteCount(topic.Length)];
        }

        Take(publishTime, _topic.AsSpan(0, Encoding.UTF8.GetBytes(topic, _topic)), payload);
    }

    /// <summary>Takes a message.</summary>
    public void Take(DateTime publishTime, ReadOnlySpan<byte> topic, ReadOnlyMemory<byte> payload)
    {
        JournalRecord record = JournalRecord.Rebuild(ref _record, Messages++, publishTime, topic, payload.Span);
        _ = _decoder.Decode(record, _batch);
        foreach (Reading reading in _batch.Readings.Span)
        {
            LineAnalysis line = _lines[reading.Signal.Path.Line];
            lock (line.Gate)
            {
                line.Accept(reading, publishTime, Messages, _findings, _points);
            }
        }

        Readings += _batch.Count;
        _batch.Clear();
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
