using System.Globalization;
using System.Text;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>The plants of the ingest benchmarks as plant files.</summary>
internal static class IngestPlant
{
    /// <summary>Machine that only the probe of <see cref="Probe"/> publishes for.</summary>
    public const string ProbeTopic = "bench/hall/probe/m0/data";

    private const string Json = """  - { name: json, topic: "{site}/{area}/{line}/{machine}/data", decoder: json, options: { time: /ts, timeFormat: iso8601, values: /values } }""";

    /// <summary>Topic of a machine that sends JSON.</summary>
    public static string Topic(int machine) => string.Create(CultureInfo.InvariantCulture, $"bench/hall/line{machine / 50}/m{machine % 50}/data");

    /// <summary>Machines of four signals each, 50 a line, all JSON.</summary>
    public static string FourNumbers(int machines) => Text([Json], machines, signals: 4);

    /// <summary>
    /// Machines of 50 signals each in mixed dialects; a topic of its own tells the dialect: <c>data</c> JSON, <c>senml</c>,
    /// <c>value/…</c> one value a topic.
    /// </summary>
    public static string Mixed(int machines) => Text(
        [
            Json,
            """  - { name: senml, topic: "{site}/{area}/{line}/{machine}/senml", decoder: senml }""",
            """  - { name: values, topic: "{site}/{area}/{line}/{machine}/value/{signal}", decoder: value }""",
        ],
        machines,
        signals: 50);

    private static string Text(string[] sources, int machines, int signals)
    {
        StringBuilder text = new("plant: Benchmark\nsite: bench\ntimeZone: UTC\nsources:\n");
        foreach (string source in sources)
        {
            text.Append(source).Append('\n');
        }

        text.Append("lines:\n  - { id: probe, area: hall, machines: [{ id: m0, signals: [{ id: s0 }] }] }\n");
        for (int machine = 0; machine < machines; machine++)
        {
            if (machine % 50 == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"  - id: line{machine / 50}\n    area: hall\n    machines:\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"      - id: m{machine % 50}\n        signals:\n");
            for (int signal = 0; signal < signals; signal++)
            {
                text.Append(CultureInfo.InvariantCulture, $"          - {{ id: s{signal}, unit: bar, min: -1000, max: 1000, watched: false }}\n");
            }
        }

        return text.ToString();
    }
}
