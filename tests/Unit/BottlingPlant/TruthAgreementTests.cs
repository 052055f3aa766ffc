using Linewatch.Analytics.Oee;
using Linewatch.BottlingPlant;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Truth;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Tests.Unit.BottlingPlant;

/// <summary>The product's own decoders and OEE engine read the plant's messages and must find the plant's truth.</summary>
public sealed class TruthAgreementTests
{
    private const double TenthOfAPoint = 0.001;

    [Theory]
    [InlineData(Dialect.Json, "none")]
    [InlineData(Dialect.Values, "none")]
    [InlineData(Dialect.Sparkplug, "none")]
    [InlineData(Dialect.PackML, "none")]
    [InlineData(Dialect.Weihenstephan, "none")]
    [InlineData(Dialect.Json, "duplicates=0.01,late=0.05,out-of-order=0.02,skew=2")]
    public void Every_factor_of_every_shift_is_within_a_tenth_of_a_point(Dialect dialect, string chaos)
    {
        VirtualPlant plant = new(new VirtualPlantOptions
        {
            Lines = 1,
            Seed = 3,
            Start = TestLine.Start,
            Dialect = dialect,
            Chaos = chaos == "none" ? ChaosOptions.None : ChaosOptions.Parse(chaos),
        });
        DateTime end = TestLine.Start.AddHours(33);

        (List<ShiftRecord> records, List<string> refused) = Replay(plant, end);

        LineSimulation line = plant.Simulations[0];
        line.Finish();
        Assert.Empty(refused);
        ShiftFigures[] truth = [.. ShiftFigures.Of(line, plant.Start)];
        Assert.Equal(4, truth.Length);
        Assert.Equal(truth.Select(shift => shift.Shift.Start), records.Select(record => record.Start));
        foreach ((ShiftFigures expected, ShiftRecord record) in truth.Zip(records))
        {
            OeeFigures found = record.Figures;
            Assert.Equal(expected.Availability!.Value, found.Availability!.Value, TenthOfAPoint);
            Assert.Equal(expected.Performance!.Value, found.Performance!.Value, TenthOfAPoint);
            Assert.Equal(expected.Quality!.Value, found.Quality!.Value, TenthOfAPoint);
            Assert.Equal(expected.Oee!.Value, found.Oee!.Value, TenthOfAPoint);
        }
    }

    private static (List<ShiftRecord> Records, List<string> Refused) Replay(VirtualPlant plant, DateTime end)
    {
        Plant described = PlantFile.Parse(plant.PlantYaml, "plant.yaml").Plant!;
        RecordedDecoder decoder = new(described);
        LineEngine engine = new(described, described.Lines[0]);
        List<ShiftRecord> records = [];
        List<string> refused = [];
        foreach (SimulatedMessage message in plant.Messages(plant.Start, end))
        {
            decoder.Batch.Clear();
            MessageOutcome outcome = decoder.Decode(message.PublishTime, message.Topic, message.Payload.Span);
            if (outcome.Outcome == Outcome.Quarantined && refused.Count < 20)
            {
                refused.Add($"{message.Topic}: {outcome.Reason} {outcome.Detail}");
            }

            engine.Accept(decoder.Batch.Readings.Span);
            if (decoder.Messages % 5000 == 0)
            {
                records.AddRange(engine.Advance(message.PublishTime - described.Lines[0].AllowedLateness));
            }
        }

        records.AddRange(engine.Advance(end));
        // A clock that is behind dates the first messages into the shift before, which the truth leaves out as incomplete.
        records.RemoveAll(record => record.Start < plant.Start);
        return (records, refused);
    }
}
