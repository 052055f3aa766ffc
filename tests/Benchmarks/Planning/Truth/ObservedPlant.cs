using Linewatch.Analytics.Anomalies;
using Linewatch.BottlingPlant;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Server.Flow;
using Linewatch.Server.Quality;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Benchmarks.Planning.Truth;

/// <summary>
/// Messages as the running service takes them: decoder, line analysis with its detectors, comparison of like components, alert rules. What the wear forecast reads goes into
/// <see cref="WindowedReadings"/>. One thread at a time.
/// </summary>
internal sealed class ObservedPlant
{
    private readonly RecordedDecoder _decoder;
    private readonly WindowedReadings _readings;
    private readonly HashSet<SignalPath> _kept;
    private readonly Dictionary<string, (LineAnalysis Analysis, LineAlerts Alerts)> _lines;
    private readonly bool _withAlerts;
    private readonly RecentReadings _recent;
    private readonly HashSet<SignalPath> _compared;
    private readonly QualityView _quality;
    private readonly List<AlertFinding> _findings = [];
    private readonly List<DerivedPoint> _points = [];

    /// <param name="plant">The plant.</param>
    /// <param name="readings">Takes what the forecast reads.</param>
    /// <param name="recent">Takes what the comparison of like components reads; at least nine hours of it.</param>
    /// <param name="alerts">Makes the alert rules of a line; null leaves detectors and rules out.</param>
    public ObservedPlant(Plant plant, WindowedReadings readings, RecentReadings recent, LineAlertsFactory? alerts)
    {
        _recent = recent;
        _decoder = new RecordedDecoder(plant);
        _readings = readings;
        _withAlerts = alerts is not null;
        _kept = [.. plant.Signals.Where(signal => signal.Wear is not null || signal.Role == SignalRole.State).Select(signal => signal.Path)];
        _compared =
        [
            .. plant.Lines.SelectMany(ComponentFamily.Of).SelectMany(family => family.Signals).Select(signal => signal.Path),
            .. plant.Signals.Where(signal => signal.Role is SignalRole.State or SignalRole.Product).Select(signal => signal.Path),
        ];
        _quality = new QualityView(new CurrentPlant(plant), _recent);
        KeptMonitors nothing = new(MonitorSettings.Default);
        _lines = alerts is null
            ? []
            : plant.Lines.ToDictionary(line => line.Id, line => (new LineAnalysis(plant, line, nothing, TimeProvider.System), alerts.Create(line)), StringComparer.Ordinal);
    }

    /// <summary>Takes a message.</summary>
    public void Take(in SimulatedMessage message)
    {
        _decoder.Decode(message.PublishTime, message.Topic, message.Payload.Span);
        foreach (Reading reading in _decoder.Batch.Readings.Span)
        {
            if (_kept.Contains(reading.Signal.Path))
            {
                _readings.Add(reading);
            }

            if (_withAlerts)
            {
                if (_compared.Contains(reading.Signal.Path))
                {
                    _recent.Add(reading);
                }

                Watch(reading, message.PublishTime);
            }
        }

        _decoder.Batch.Clear();
    }

    /// <summary>Takes what the health of the components tells.</summary>
    public void Take(IEnumerable<AlertFinding> findings)
    {
        foreach (AlertFinding finding in findings.Where(_ => _withAlerts))
        {
            _lines[finding.Source.Line].Alerts.Take(finding);
        }
    }

    /// <summary>Lets time pass and keeps what the rules found.</summary>
    public async Task AdvanceAsync(DateTime now)
    {
        foreach ((LineAnalysis analysis, LineAlerts alerts) in _lines.Values)
        {
            _ = analysis.Engine.Advance(now);
            alerts.Advance(now);
            foreach (AlertFinding finding in await QualityWatch.FindAsync(_quality, analysis.Line, now, CancellationToken.None))
            {
                alerts.Take(finding);
            }

            await alerts.FlushAsync(_decoder.Messages, CancellationToken.None);
        }
    }

    private void Watch(in Reading reading, DateTime publishTime)
    {
        (LineAnalysis analysis, LineAlerts alerts) = _lines[reading.Signal.Path.Line];
        lock (analysis.Gate)
        {
            analysis.Accept(reading, publishTime, _decoder.Messages, _findings, _points);
        }

        alerts.Take(reading, _decoder.Messages);
        foreach (AlertFinding finding in _findings)
        {
            alerts.Take(finding);
        }

        _findings.Clear();
        _points.Clear();
    }
}
