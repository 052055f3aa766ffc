using System.Buffers;
using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Jobs.Training;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Anomalies;
using Linewatch.Tests.Unit.Anomalies.Training;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Flow;

/// <summary>A trained model goes from the database to the watches of its machine.</summary>
public sealed class TrainedModelsTests : IDisposable
{
    private readonly AlertDesk _desk = new(Line1.Plant);
    private readonly ModelBook _models;
    private readonly TrainedModels _trained;
    private IReadOnlyList<LineAnalysis> _lines = [Line(new KeptMonitors(MonitorSettings.Default))];

    public TrainedModelsTests()
    {
        _models = new ModelBook(_desk.Fixture.Database, _desk.Clock);
        _trained = new TrainedModels(() => _lines, _models, MonitorSettings.Default, _desk.Clock, NullLogger<TrainedModels>.Instance);
    }

    public void Dispose()
    {
        _trained.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task A_promoted_model_is_taken_over_and_judges_at_once()
    {
        await PromoteAsync(Learned(days: 6));
        await _trained.AdoptAsync(default);

        List<AlertFinding> findings = Live(days: 1, seed: 9, shift: 6);

        Assert.Contains(findings, finding => finding is { IsActive: true, Detector: DetectorRules.Anomaly });
        Assert.Equal(1, _lines[0].ModelUses["filler"]);
    }

    [Fact]
    public async Task What_watches_is_kept_across_a_restart_with_the_use_it_comes_from()
    {
        await PromoteAsync(Learned(days: 6));
        await _trained.AdoptAsync(default);
        ArrayBufferWriter<byte> file = new();
        KeptMonitors.Write(new StateWriter(file), _lines[0]);
        KeptMonitors kept = new(MonitorSettings.Default);
        kept.Read(new StateReader(file.WrittenMemory));

        _lines = [Line(kept)];
        ISignalMonitor restored = _lines[0].Watches.Single().Monitor;
        await _trained.AdoptAsync(default);

        Assert.Equal(1, _lines[0].ModelUses["filler"]);
        Assert.Same(restored, _lines[0].Watches.Single().Monitor);
    }

    [Fact]
    public async Task A_model_that_cannot_be_read_leaves_what_watches()
    {
        ISignalMonitor before = _lines[0].Watches.Single().Monitor;
        await PromoteAsync([1, 2, 3]);

        await _trained.AdoptAsync(default);

        Assert.Same(before, _lines[0].Watches.Single().Monitor);
    }

    private static LineAnalysis Line(KeptMonitors kept) => new(Line1.Plant.Value, Line1.Line, kept, TimeProvider.System);

    private static byte[] Learned(double days)
    {
        MachineLearner learner = new(Line1.Filler, MonitorSettings.Default, [], []);
        foreach (Reading reading in Line1.Readings(AlertDesk.Start.AddDays(-days), days))
        {
            learner.Observe(reading);
        }

        learner.HoldBack(AlertDesk.Start, endTraining: true);
        return learner.Save();
    }

    private Task<DetectorModel> PromoteAsync(byte[] state) => _models.AddAsync(TestModel.OfFiller, state, promote: true, kept: 2, "mara", default);

    private List<AlertFinding> Live(double days, int seed, double shift)
    {
        List<AlertFinding> findings = [];
        List<DerivedPoint> points = [];
        foreach (Reading reading in Line1.Readings(AlertDesk.Start, days, seed, _ => shift))
        {
            _lines[0].Accept(reading, reading.EventTime, 1, findings, points);
        }

        return findings;
    }
}
