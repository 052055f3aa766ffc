using Linewatch.Server.Commands.Backtests;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class PlantMarksTests
{
    private static readonly KnownFailure Leak = new(
        "line1", "depalletiser", "air-leak", Hour(10), Hour(20), Hour(100), Hour(101), new HashSet<string> { "air_pressure", "layer_cycle" }, false);

    private static readonly KnownFailure Silence = new(
        "line1", "palletiser", "dropout-hoist-current", Hour(50), Hour(50), null, Hour(51), new HashSet<string> { "hoist_current" }, true);

    public static TheoryData<string, string, double, bool, int, int> Alerts => new()
    {
        // machine, signal, hour, sensor fault → found, false alarms
        { "depalletiser", "air_pressure", 60, false, 1, 0 },
        { "depalletiser", "layer_cycle", 15, false, 1, 0 },
        { "depalletiser", "air_pressure", 9, false, 0, 1 },      // before the onset
        { "depalletiser", "air_pressure", 100.5, false, 0, 0 },  // while it is repaired: explained, but too late
        { "depalletiser", "air_pressure", 104, false, 0, 1 },    // long after
        { "depalletiser", "hoist_current", 60, false, 0, 1 },    // another signal
        { "palletiser", "hoist_current", 50.5, true, 0, 0 },     // a data fault told as such
        { "palletiser", "hoist_current", 50.5, false, 0, 1 },    // a data fault told as an anomaly
    };

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_counts_for_what_it_names_when_it_is_named(string machine, string signal, double hour, bool sensor, int found, int falseAlarms)
    {
        PlantMarks marks = new();

        marks.Add([Leak, Silence], [new RaisedAlert("line1", machine, signal, Hour(hour), sensor, "")], machineWeeks: 2);

        Assert.Equal((1, found, falseAlarms), (marks.Failures, marks.Detected, marks.FalseAlarms.Count));
    }

    [Fact]
    public void Lead_is_the_share_of_the_time_from_detectable_to_functional_failure()
    {
        PlantMarks marks = new();

        marks.Add([Leak], [Alert("air_pressure", 40), Alert("layer_cycle", 90)], machineWeeks: 1);

        Assert.Equal(0.75, marks.MedianLead, 12);
        Assert.Equal((1, 1), (marks.Named, marks.NamedRightly));
    }

    [Fact]
    public void A_failure_first_told_by_a_signal_that_does_not_show_it_is_named_wrongly()
    {
        PlantMarks marks = new();

        marks.Add([Leak], [Alert("hoist_current", 30), Alert("air_pressure", 40)], machineWeeks: 1);

        Assert.Equal((1, 1, 0), (marks.Detected, marks.Named, marks.NamedRightly));
    }

    private static RaisedAlert Alert(string signal, double hour) => new("line1", "depalletiser", signal, Hour(hour), false, "");

    private static DateTime Hour(double hours) => new DateTime(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc).AddHours(hours);
}
