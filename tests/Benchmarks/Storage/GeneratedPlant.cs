using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Benchmarks.Storage;

/// <summary>Machines of some signals each, and readings of them as a plant sends them: every machine once a second.</summary>
internal sealed class GeneratedPlant
{
    public static readonly DateTime Start = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Random _random = new(1);
    private readonly double[] _values;

    public GeneratedPlant(int machines, int signalsPerMachine)
    {
        Signals = [.. from machine in Enumerable.Range(0, machines)
                      from signal in Enumerable.Range(0, signalsPerMachine)
                      select new Signal
                      {
                          Path = new SignalPath("rhine", "hall1", $"line{machine / 10}", $"machine{machine}", $"signal{signal}"),
                          Name = $"Signal {signal}",
                          Index = (machine * signalsPerMachine) + signal,
                      }];
        _values = [.. Signals.Select((_, i) => 10.0 + i % 50)];
    }

    public Signal[] Signals { get; }

    /// <summary>One reading of every signal, at second <paramref name="second"/>: a walk in steps of a thousandth.</summary>
    public void Fill(Span<Reading> readings, long second)
    {
        DateTime eventTime = Start.AddSeconds(second);
        for (int i = 0; i < Signals.Length; i++)
        {
            _values[i] = Math.Round(_values[i] + _random.Next(-20, 21) / 1000.0, 3);
            readings[i] = new Reading(Signals[i], eventTime, _values[i]);
        }
    }
}
