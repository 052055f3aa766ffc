using Linewatch.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>
/// One table of scenarios, run against our broker and against mosquitto 2.0.11, open to everyone and with users and rules:
/// ours passes all; where mosquitto does not, the table says why, and the test fails once that is no longer so.
/// </summary>
public sealed class BrokerConformanceTests(ConformanceBrokers brokers) : IClassFixture<ConformanceBrokers>
{
    /// <summary>Scenario, version, whether users and rules are in force.</summary>
    public static TheoryData<string, MqttVersion, bool> Table
    {
        get
        {
            TheoryData<string, MqttVersion, bool> table = [];
            foreach (Scenario scenario in Scenario.All)
            {
                foreach (MqttVersion version in Enum.GetValues<MqttVersion>().Where(version => scenario.Only is null || scenario.Only == version))
                {
                    foreach (bool withRules in (bool[])[false, true])
                    {
                        if (withRules ? !scenario.IsTimed : !scenario.NeedsRules)
                        {
                            table.Add(scenario.Name, version, withRules);
                        }
                    }
                }
            }

            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Our_broker_passes(string scenario, MqttVersion version, bool withRules) =>
        await Find(scenario).Run(new ScenarioWorld(await brokers.OwnAsync(withRules), version, withRules));

    [SkippableTheory]
    [MemberData(nameof(Table))]
    public async Task Mosquitto_passes_or_is_known_to_differ(string scenario, MqttVersion version, bool withRules)
    {
        Scenario found = Find(scenario);
        ScenarioWorld world = new(await brokers.MosquittoAsync(withRules), version, withRules);
        if (found.MosquittoDiffers is null || (found.MosquittoDiffersIn ?? version) != version)
        {
            await found.Run(world);
            return;
        }

        Exception? difference = await Record.ExceptionAsync(() => found.Run(world));
        Assert.True(difference is not null, $"mosquitto passes now; the note '{found.MosquittoDiffers}' is out of date");
    }

    private static Scenario Find(string name) => Scenario.All.Single(scenario => scenario.Name == name);
}
