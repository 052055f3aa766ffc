using System.Globalization;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>
/// The pipeline that a Node developer writes in an hour with npm's <c>mqtt</c> and <c>influx</c>: subscribed at QoS 1,
/// <c>JSON.parse</c>, points written with <c>writePoints</c> in batches of 5,000 or every 200 ms. (<c>@influxdata/influxdb-client</c>
/// writes to <c>/api/v2/write</c> only, which influxd 1.6.7 does not have.)
/// </summary>
internal sealed class NodePipeline : IAsyncDisposable
{
    private const string Script = """
        const mqtt = require('mqtt');
        const { InfluxDB } = require('influx');
        const [, , port, influxPort, database] = process.argv;
        const influx = new InfluxDB({ host: '127.0.0.1', port: Number(influxPort), database });
        let batch = [];
        let writing = Promise.resolve();
        function flush() {
          if (batch.length === 0) return;
          const points = batch;
          batch = [];
          writing = writing.then(() => influx.writePoints(points, { precision: 'ms' })).catch(error => console.error(error.message));
        }
        setInterval(flush, 200);
        const client = mqtt.connect('mqtt://127.0.0.1:' + port, { clientId: 'node-pipeline', clean: false, protocolVersion: 5 });
        client.on('connect', () => client.subscribe('bench/#', { qos: 1 }, () => console.log('ready')));
        client.on('message', (topic, payload) => {
          const [site, area, line, machine] = topic.split('/');
          const message = JSON.parse(payload);
          batch.push({ measurement: 'telemetry', tags: { site, area, line, machine }, fields: message.values, timestamp: Date.parse(message.ts) });
          if (batch.length >= 5000) flush();
        });
        """;

    private readonly TemporaryFolder _folder;
    private readonly ServerProcess _process;

    private NodePipeline(TemporaryFolder folder, ServerProcess process)
    {
        _folder = folder;
        _process = process;
    }

    public TimeSpan Cpu
    {
        get
        {
            _process.Process.Refresh();
            return _process.Process.TotalProcessorTime;
        }
    }

    public long PeakMemory
    {
        get
        {
            _process.Process.Refresh();
            return _process.Process.PeakWorkingSet64;
        }
    }

    /// <summary>Installs the packages and starts it; null where node or the packages are not to be had.</summary>
    public static async Task<NodePipeline?> StartAsync(int brokerPort, int influxPort, string database, CancellationToken cancellationToken)
    {
        if (Tool.Find("node") is not { } node || Tool.Find("npm") is not { } npm)
        {
            return null;
        }

        TemporaryFolder folder = new();
        await using (ServerProcess install = new(npm, ["install", "--silent", "--no-audit", "--no-fund", "--prefix", folder.Path, "mqtt@5", "influx@5"]))
        {
            await install.Process.WaitForExitAsync(cancellationToken);
        }

        if (!Directory.Exists(folder["node_modules/influx"]))
        {
            folder.Dispose();
            return null;
        }

        await File.WriteAllTextAsync(folder["pipeline.js"], Script, cancellationToken);
        NodePipeline pipeline = new(folder, new ServerProcess(node, [folder["pipeline.js"], Text(brokerPort), Text(influxPort), database]));
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        while (!pipeline._process.Output.Contains("ready", StringComparison.Ordinal))
        {
            if (pipeline._process.Process.HasExited)
            {
                throw new InvalidOperationException("the Node pipeline ended: " + pipeline._process.Output);
            }

            await poll.WaitForNextTickAsync(cancellationToken);
        }

        return pipeline;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
