using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>
/// The context of a machine's signals by what it published. A script is words such as <c>state=6</c> or <c>product=cola</c>, one
/// every ten minutes; the context is that of five minutes after the last.
/// </summary>
public sealed class MachineActivityTests
{
    [Theory]
    [InlineData("packml", "state=6", Activity.Producing)]
    [InlineData("packml", "state=6 state=16", Activity.RunningDown)] // Completing
    [InlineData("packml", "state=6 state=7", Activity.RunningDown)]  // Stopping
    [InlineData("packml", "state=6 state=8", Activity.RunningDown)]  // Aborting
    [InlineData("packml", "state=6 state=10", Activity.RunningDown)] // Holding
    [InlineData("packml", "state=6 state=13", Activity.RunningDown)] // Suspending
    [InlineData("packml", "state=6 state=10 state=8", Activity.RunningDown)]
    [InlineData("packml", "state=6 state=16 state=17", Activity.Stopped)]
    [InlineData("packml", "state=6 state=17 state=15", Activity.StartingUp)] // Resetting
    [InlineData("packml", "state=6 state=11 state=12", Activity.StartingUp)] // Unholding
    [InlineData("packml", "state=3", Activity.StartingUp)]
    [InlineData("weihenstephan", "state=128 program=1", Activity.Producing)]
    [InlineData("weihenstephan", "state=128 program=2", Activity.StartingUp)]
    [InlineData("weihenstephan", "state=128 program=4", Activity.RunningDown)]
    [InlineData("weihenstephan", "state=128 program=4 state=256", Activity.RunningDown)] // Stopping
    [InlineData("weihenstephan", "state=128 program=4 state=1", Activity.Stopped)]
    [InlineData("weihenstephan", "state=128 program=8", Activity.Cleaning)]
    [InlineData("weihenstephan", "state=128 program=16", Activity.Changeover)]
    [InlineData("{ base: packml, phases: { 7: run-down } }", "state=6 program=7", Activity.RunningDown)]
    public void Starts_run_downs_and_stops_are_told_from_production(string states, string script, Activity activity) =>
        Assert.Equal(activity, ContextAfter(script, states).Activity);

    [Theory]
    [InlineData("state=128 product=cola", "")]
    [InlineData("state=128 product=cola program=1", "1")]
    [InlineData("state=128 product=cola program=1 program=3", "3")]
    [InlineData("program=3 product=cola state=128", "3")]
    [InlineData("state=128 product=cola program=3 program=4 program=8 program=16", "3")] // running down, cleaning and changing over are no programmes to produce with
    [InlineData("state=128 product=cola program=3 state=1 program=1", "3")]
    [InlineData("state=128 product=cola program=3 state=1 program=1 state=128", "1")]
    public void The_programme_is_the_one_it_produces_with_beside_the_product(string script, string programme)
    {
        SignalContext context = ContextAfter(script);

        Assert.Equal(("cola", programme), (context.Product, context.Programme));
    }

    [Theory]
    [InlineData("state=128", 0)]
    [InlineData("speed=0", 1)]
    [InlineData("speed=5000", 2)]
    [InlineData("speed=12000", 3)] // of a design rate of 9,000
    [InlineData("speed=5800 speed=6200", 2)] // two thirds are 6,000: near there nothing flutters
    [InlineData("speed=5800 speed=6500", 3)]
    [InlineData("speed=6500 speed=5800", 3)]
    [InlineData("speed=6500 speed=5500", 2)]
    [InlineData("speed=6500 speed=0", 1)]
    [InlineData("speed=6500 speed=nan", 3)]
    public void The_speed_band_is_a_third_of_the_design_rate_and_left_only_for_good(string script, byte band) =>
        Assert.Equal(band, ContextAfter(script).SpeedBand);

    [Fact]
    public void Without_a_design_rate_there_are_no_speed_bands() =>
        Assert.Equal(0, ContextAfter("speed=5000", designRate: "").SpeedBand);

    private static SignalContext ContextAfter(string script, string states = "weihenstephan", string designRate = "designRate: 9000/h, ")
    {
        PlantFile file = PlantFile.Parse(
            $$"""
            plant: P
            site: s
            timeZone: Europe/Berlin
            lines:
              - id: l
                area: a
                machines:
                  - { id: m, {{designRate}}states: {{states}}, signals: [{ id: state, role: state }, { id: program, role: program }, { id: product, role: product }, { id: speed, role: speed, unit: 1/h }] }
            """,
            "plant.yaml");
        Assert.Empty(file.Faults);
        Machine machine = file.Plant!.Lines[0].Machines[0];
        MachineActivity activity = new(machine);
        DateTime eventTime = Series.Start;
        foreach (string[] word in script.Split(' ').Select(word => word.Split('=')))
        {
            eventTime = eventTime.AddMinutes(10);
            Signal signal = machine.Signals.Single(signal => signal.Path.Signal == word[0]);
            activity.Accept(signal.IsText ? new Reading(signal, eventTime, double.NaN, word[1]) : new Reading(signal, eventTime, double.Parse(word[1], CultureInfo.InvariantCulture)));
        }

        return activity.Context(eventTime.AddMinutes(5));
    }
}
