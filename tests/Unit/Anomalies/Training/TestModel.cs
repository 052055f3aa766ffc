using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Jobs.Training;
using Linewatch.Tests.Unit.Operations;

namespace Linewatch.Tests.Unit.Anomalies.Training;

/// <summary>A trained model as the book of models takes it.</summary>
internal static class TestModel
{
    /// <summary>One of the filler of <see cref="Line1"/>, with the figures of a learner that has seen nothing.</summary>
    public static DetectorModel OfFiller => new()
    {
        Line = "line1",
        Machine = "filler",
        Version = 0,
        TrainedAt = AlertDesk.Start,
        DataFrom = AlertDesk.Start.AddDays(-12),
        DataTo = AlertDesk.Start,
        Cause = "schedule",
        Parameters = "{}",
        Metrics = new MachineLearner(Line1.Filler, MonitorSettings.Default, [], []).Metrics(),
        Decision = "no worse",
    };
}
