using Linewatch.BottlingPlant;
using Linewatch.Server.Commands;
using Linewatch.Server.Commands.Backtests;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>The short form of <c>linewatch backtest plant</c>: one line, nine days, everything that can go wrong on the way.</summary>
public sealed class VirtualPlantTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Failures_of_a_line_are_found_early_under_their_signal_with_few_false_alarms()
    {
        VirtualPlantOptions options = new()
        {
            Start = new DateTime(2026, 3, 2, 5, 0, 0, DateTimeKind.Utc),
            Lines = 1,
            Seed = 40,
            Chaos = ChaosOptions.Some,
        };
        PlantMarks marks = new();

        BacktestPlantCommand.Mark(options, days: 9, _folder.Path, marks);

        Assert.InRange(marks.Failures, 5, 40);
        Assert.InRange(marks.Detected, marks.Failures - 1, marks.Failures);
        Assert.InRange(marks.MedianLead, 0.5, 2);
        Assert.InRange(marks.FalseAlarms.Count / marks.MachineWeeks, 0, 1);
        Assert.InRange(marks.NamedRightly, marks.Named - 1, marks.Named);
    }

    public void Dispose() => _folder.Dispose();
}
