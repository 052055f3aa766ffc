using Linewatch.Analytics.Prognosis;
using Linewatch.Jobs.Forecasting;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Jobs;

public sealed class RunningSamplesTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private static readonly Plant Plant = PlantFile.Parse(
        $$"""
        plant: Valves
        site: s
        timeZone: UTC
        sources: [{ name: v, topic: "{machine}/{signal}", decoder: value }]
        lines:
          - id: l
            area: a
            machines:
              - id: filler
                signals:
                  - { id: pressure, name: Pressure, unit: bar }
                  {{string.Join("\n          ", Enumerable.Range(1, 5).Select(valve => $"- {{ id: volume_v{valve}, name: Volume {valve}, unit: mL, wear: {{ limit: -1.7, direction: falling, component: seal {valve}, against: siblings }} }}"))}}
        """,
        "plant.yaml").Plant!;

    private readonly StoredReadings _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Change_of_product_moves_all_siblings_and_none_against_the_others()
    {
        Machine filler = Plant.Lines[0].Machines[0];
        List<Reading> readings = [];
        for (int quarter = 0; quarter < 48; quarter++)
        {
            for (int valve = 1; valve <= 5; valve++)
            {
                double nominal = quarter < 24 ? 500 : 330;
                double worn = valve == 3 ? -0.02 * quarter : 0;
                readings.Add(new Reading(filler.Signals[valve], Now.AddHours(-12).AddMinutes(15 * quarter), nominal + (0.1 * valve) + worn));
            }
        }

        await _store.WriteAsync(readings);
        RunningSamples samples = new(_store.Store, Now.AddHours(-12), Now, Window);

        WearSample[] sound = await samples.ReadAsync(filler, filler.Signals[5], default, default);
        WearSample[] worn3 = await samples.ReadAsync(filler, filler.Signals[3], default, default);

        Assert.All(sound, sample => Assert.InRange(sample.Value, 0.1, 0.4));
        Assert.Equal((48, 0.0), (worn3.Length, worn3[0].Value));
        Assert.Equal(-0.94, worn3[^1].Value, 0.2);
    }

    [Fact]
    public async Task What_was_read_before_the_component_was_installed_is_left_out()
    {
        Machine filler = Plant.Lines[0].Machines[0];
        await _store.WriteAsync([.. Enumerable.Range(0, 8).SelectMany(quarter => Enumerable.Range(1, 5)
            .Select(valve => new Reading(filler.Signals[valve], Now.AddHours(-2).AddMinutes(15 * quarter), 500)))]);

        WearSample[] samples = await new RunningSamples(_store.Store, Now.AddHours(-2), Now, Window).ReadAsync(filler, filler.Signals[1], Now.AddHours(-1), default);

        Assert.Equal([1.125, 1.375, 1.625, 1.875], samples.Select(sample => sample.Hours));
    }
}
