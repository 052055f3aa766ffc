using System.Text;
using Linewatch.Analytics.Anomalies;
using Linewatch.BottlingPlant;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Tests.Benchmarks.Planning.Truth;

/// <summary>
/// Messages as the running service takes them: decoder, line analysis with its detectors, alert rules. What the wear forecast reads goes into
/// <see cref="WindowedReadings"/>. One thread at a time.
/// </summary>
internal sealed class ObservedPlant
{
    private readonly MessageDecoder _decoder;
    private readonly ReadingBatch _batch;
    private readonly WindowedReadings _readings;
    private readonly HashSet<SignalPath> _kept;
    private readonly Dictionary<string, (LineAnalysis Analysis, LineAlerts Alerts)> _lines;
    private readonly bool _withAlerts;
    private readonly List<AlertFinding> _findings = [];
    private readonly List<DerivedPoint> _points = [];
    private byte[] _record = new byte[4096];
    private byte[] _topic = new byte[256];
    private long _messages;

    /// <param name="plant">The plant.</param>
    /// <param name="readings">Takes what the forecast reads.</param>
    /// <param name="alerts">Makes the alert rules of a line; null leaves detectors and rules out.</param>
    public ObservedPlant(Plant plant, WindowedReadings readings, LineAlertsFactory? alerts)
    {
        _decoder = new MessageDecoder(plant);
        _batch = new ReadingBatch { Plant = plant };
        _readings = readings;
        _withAlerts = alerts is not null;
        _kept = [.. plant.Signals.Where(signal => signal.Wear is not null || signal.Role == SignalRole.State).Select(signal => signal.Path)];
        KeptMonitors nothing = new(MonitorSettings.Default);
        _lines = alerts is null
            ? []
            : plant.Lines.ToDictionary(line => line.Id, line => (new LineAnalysis(plant, line, nothing, TimeProvider.System), alerts.Create(line)), StringComparer.Ordinal);
    }

    /// <summary>Takes a message.</summary>
    public void Take(in SimulatedMessage message)
    {
        if (_topic.Length < Encoding.UTF8.GetMaxByteCount(message.Topic.Length))
        {
            _topic = new byte[Encoding.UTF8.GetMaxByteCount(message.Topic.Length)];
        }

        JournalRecord record = JournalRecord.Rebuild(
            ref _record, ++_messages, message.PublishTime, _topic.AsSpan(0, Encoding.UTF8.GetBytes(message.Topic, _topic)), message.Payload.Span);
        _ = _decoder.Decode(record, _batch);
        foreach (Reading reading in _batch.Readings.Span)
        {
            if (_kept.Contains(reading.Signal.Path))
            {
                _readings.Add(reading);
            }

            if (_withAlerts)
            {
                Watch(reading, message.PublishTime);
            }
        }

        _batch.Clear();
    }

    /// <summary>Lets time pass and keeps what the rules found.</summary>
    public async Task AdvanceAsync(DateTime now)
    {
        foreach ((LineAnalysis analysis, LineAlerts alerts) in _lines.Values)
        {
            _ = analysis.Engine.Advance(now);
            alerts.Advance(now);
            await alerts.FlushAsync(_messages, CancellationToken.None);
        }
    }

    private void Watch(in Reading reading, DateTime publishTime)
    {
        (LineAnalysis analysis, LineAlerts alerts) = _lines[reading.Signal.Path.Line];
        lock (analysis.Gate)
        {
            analysis.Accept(reading, publishTime, _messages, _findings, _points);
        }

        alerts.Take(reading, _messages);
        foreach (AlertFinding finding in _findings)
        {
            alerts.Take(finding);
        }

        _findings.Clear();
        _points.Clear();
    }
}
