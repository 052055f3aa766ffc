using System.Diagnostics;
using System.Globalization;
using System.Text;
using Linewatch.Plants;

namespace Linewatch.Tests.Benchmarks.Telemetry;

/// <summary>How long reading and checking a large plant file takes.</summary>
public static class PlantBenchmark
{
    /// <summary>Runs it and prints the figures.</summary>
    /// <param name="signals">Signals of the plant, 50 a machine, 20 machines a line.</param>
    public static Task RunAsync(int signals)
    {
        string text = Text(signals);
        for (int turn = 0; turn < 3; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            PlantFile file = PlantFile.Parse(text, "plant.yaml");
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Plant?.Signals.Count:N0} signals, {text.Length / 1e6:0.0} MB: {elapsed.TotalSeconds:0.00} s, {file.Faults.Count} faults"));
        }

        return Task.CompletedTask;
    }

    internal static string Text(int signals)
    {
        StringBuilder text = new("plant: Benchmark\nsite: s\ntimeZone: UTC\nsources:\n  - { name: json, topic: \"{site}/{area}/{line}/{machine}/data\", decoder: json, options: { time: /ts, values: /values } }\nlines:\n");
        for (int i = 0; i < signals; i++)
        {
            if (i % 1000 == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"  - id: l{i / 1000}\n    area: a\n    machines:\n");
            }

            if (i % 50 == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"      - id: m{i / 50 % 20}\n        signals:\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"          - {{ id: s{i % 50}, name: Signal {i % 50}, unit: bar, min: -1000, max: 1000 }}\n");
        }

        return text.ToString();
    }
}
