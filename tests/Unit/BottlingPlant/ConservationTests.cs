using Linewatch.BottlingPlant;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Truth;

namespace Linewatch.Tests.Unit.BottlingPlant;

public sealed class ConservationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Bottles_in_are_bottles_out_rejected_or_in_buffers(ulong seed)
    {
        VirtualPlant plant = new(TestLine.Options(seed: seed));
        foreach (LineSimulation line in plant.Simulations)
        {
            for (int hour = 1; hour <= 60; hour++)
            {
                line.AdvanceTo(hour * 3_600_000L);

                long rejected = line.Machines.Sum(machine => machine.Rejected) * Rates.Bottle;
                long buffered = line.Conveyors.Sum(conveyor => conveyor.Level);
                Assert.Equal(line.Stations[0].Consumed, line.Stations[^1].Consumed + rejected + buffered);
                Assert.All(line.Conveyors, conveyor => Assert.InRange(conveyor.Level, -Rates.Bottle, conveyor.Capacity + Rates.Bottle));
            }
        }
    }

    [Fact]
    public void Conditions_of_every_machine_tile_the_run()
    {
        VirtualPlant plant = new(TestLine.Options(lines: 1));
        LineSimulation line = plant.Simulations[0];
        line.AdvanceTo(3 * 86_400_000L);
        line.Finish();

        foreach (IGrouping<Machine, StateInterval> states in line.Truth.States.GroupBy(state => state.Machine))
        {
            long reached = 0;
            foreach (StateInterval state in states.OrderBy(state => state.Start))
            {
                Assert.Equal(reached, state.Start);
                reached = state.End;
            }

            Assert.Equal(line.Now, reached);
        }
    }

    [Fact]
    public void Losses_of_every_shift_sum_to_its_planned_time()
    {
        VirtualPlant plant = new(TestLine.Options());
        foreach (LineSimulation line in plant.Simulations)
        {
            line.AdvanceTo(7 * 86_400_000L);
            line.Finish();
            ShiftFigures[] shifts = [.. ShiftFigures.Of(line, plant.Start)];

            Assert.Equal(21, shifts.Length);
            Assert.All(shifts, shift =>
            {
                Assert.Equal(shift.PlannedBusy, shift.ActualProduction + shift.Breakdown + shift.SetUp + shift.Lack + shift.Tailback + shift.External + shift.Waiting);
                Assert.Equal(shift.Oee!.Value, shift.Availability!.Value * shift.Performance!.Value * shift.Quality!.Value, 1e-12);
                Assert.InRange(shift.Oee!.Value, 0.3, 1);
            });
        }
    }
}
