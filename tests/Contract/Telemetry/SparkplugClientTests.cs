using System.Globalization;
using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Sparkplug;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Telemetry;

/// <summary>npm's <c>sparkplug-client</c>, an edge node that is not ours, through <c>mosquitto</c>.</summary>
public sealed class SparkplugClientTests
{
    private const string Version = "3.2.4";
    private static readonly DateTime Noon = new(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);

    private const string EdgeNode = """
        const sparkplug = require('sparkplug-client');
        const client = sparkplug.newClient({ serverUrl: process.argv[2], username: '', password: '', groupId: 'g', edgeNode: 'l', clientId: 'edge', version: 'spBv1.0' });
        const at = Date.UTC(2026, 10, 22, 11, 59, 0);
        function beBorn() {
          client.publishNodeBirth({ timestamp: at, metrics: [{ name: 'Node Control/Rebirth', type: 'Boolean', value: false }] });
          client.publishDeviceBirth('m', { timestamp: at, metrics: [
            { name: 'x', alias: 1, type: 'Double', value: 1.5, timestamp: at },
            { name: 'state', alias: 2, type: 'Int32', value: 6, timestamp: at },
            { name: 'count', alias: 3, type: 'UInt64', value: 5000000000, timestamp: at },
            { name: 'product', alias: 4, type: 'String', value: 'Cola', timestamp: at }] });
        }
        client.on('birth', () => {
          beBorn();
          client.publishDeviceData('m', { timestamp: at + 1000, metrics: [
            { alias: 1, type: 'Float', value: 2.5, timestamp: at + 1000, isHistorical: true },
            { alias: 2, type: 'Int32', value: 11, timestamp: at + 1500 }] });
          console.log('born');
        });
        client.on('ncmd', payload => {
          if (payload.metrics.some(metric => metric.name === 'Node Control/Rebirth' && metric.type === 'Boolean' && metric.value === true)) {
            beBorn();
            client.publishDeviceDeath('m', { timestamp: at + 2000, metrics: [] });
          }
        });
        """;

    [SkippableFact]
    public async Task Births_data_by_alias_deaths_and_the_rebirth_command_agree_with_sparkplug_client()
    {
        string listener = Tool.Require("mosquitto_sub");
        string publisher = Tool.Require("mosquitto_pub");
        string node = Tool.Require("node");
        using TemporaryFolder folder = new();
        await InstallAsync(folder.Path);
        await File.WriteAllTextAsync(folder["edge.js"], EdgeNode);
        await File.WriteAllBytesAsync(folder["rebirth"], RebirthRequest.Payload(Noon));
        await using Mosquitto broker = await Mosquitto.StartAsync();
        string port = broker.Port.ToString(CultureInfo.InvariantCulture);
        await using ServerProcess heard = new(listener, ["-h", "127.0.0.1", "-p", port, "-v", "-t", "spBv1.0/#", "-F", "%t %x"]);
        await using ServerProcess edge = new(node, [folder["edge.js"], "mqtt://127.0.0.1:" + port]);

        await Until(() => heard.Output.Contains("/DDATA/", StringComparison.Ordinal), heard, edge);
        await using ServerProcess command = new(publisher, ["-h", "127.0.0.1", "-p", port, "-t", new RebirthRequest("g", "l").Topic, "-f", folder["rebirth"]]);
        await Until(() => heard.Output.Contains("/DDEATH/", StringComparison.Ordinal), heard, edge);

        // The broker publishes the will of a killed node.
        await edge.KillAsync();
        await Until(() => heard.Output.Contains("/NDEATH/", StringComparison.Ordinal), heard, edge);

        Assert.Equal(
            [
                "NBIRTH",
                "DBIRTH x=1.5@-60 state=6@-60 count=5000000000@-60 product=Cola@-60",
                "DDATA x=2.5@-59,Historical state=11@-58.5",
                "NCMD",

                // Born again with the values of the same instants: nothing new.
                "NBIRTH",
                "DBIRTH",
                "DDEATH x=NaN@-58,Stale state=NaN@-58,Stale count=NaN@-58,Stale product=NaN@-58,Stale",
                "NDEATH x=NaN@0,Stale state=NaN@0,Stale count=NaN@0,Stale product=NaN@0,Stale",
            ],
            Decode(heard.Output));
    }

    private static async Task InstallAsync(string folder)
    {
        await using ServerProcess npm = new(Tool.Require("npm"), ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "sparkplug-client@" + Version]);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        await npm.Process.WaitForExitAsync(limit.Token);
        Skip.If(npm.Process.ExitCode != 0, $"needs npm's sparkplug-client {Version}, which cannot be installed here: {npm.Output}");
    }

    private static IEnumerable<string> Decode(string heard)
    {
        PlantFile plant = PlantFile.Parse("""
            plant: P
            site: s
            timeZone: UTC
            sources: [{ name: sp, topic: "spBv1.0/#", decoder: sparkplug }]
            lines: [{ id: l, area: a, machines: [{ id: m, signals: [{ id: x }, { id: state, role: state }, { id: count, role: count-total }, { id: product, role: product }] }] }]
            """, "plant.yaml");
        MessageDecoder decoder = new(plant.Plant!);
        ReadingBatch batch = new() { Plant = plant.Plant! };
        byte[] buffer = [];
        long position = 0;
        foreach (string line in heard.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] parts = line.Split(' ');
            batch.Clear();
            MessageOutcome outcome = decoder.Decode(JournalRecord.Rebuild(ref buffer, position++, Noon, Encoding.UTF8.GetBytes(parts[0]), Convert.FromHexString(parts[1])), batch);
            Assert.Equal("", outcome.Detail);
            yield return string.Join(' ', batch.Readings.ToArray().Select(Show).Prepend(parts[0].Split('/')[2]));
        }
    }

    private static string Show(Reading reading) => string.Create(
        CultureInfo.InvariantCulture,
        $"{reading.Signal.Path.Signal}={reading.Text ?? reading.Value.ToString(CultureInfo.InvariantCulture)}@{(reading.EventTime - Noon).TotalSeconds}{(reading.Flags == 0 ? "" : "," + reading.Flags)}");

    private static async Task Until(Func<bool> condition, params ServerProcess[] processes)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, string.Join("\n--\n", processes.Select(process => process.Output)));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }
}
