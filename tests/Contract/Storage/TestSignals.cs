using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>Signals and readings of a small plant.</summary>
internal static class TestSignals
{
    public static readonly DateTime Start = new(2026, 3, 1, 6, 0, 0, DateTimeKind.Utc);

    public static Signal Signal(string name, string machine = "filler", string line = "line1", int index = 0) => new()
    {
        Index = index,
        Path = new SignalPath("rhine", "hall1", line, machine, name),
        Name = name,
    };

    public static Reading At(Signal signal, double seconds, double value) => new(signal, Start.AddSeconds(seconds), value);

    public static Reading TextAt(Signal signal, double seconds, string text) => new(signal, Start.AddSeconds(seconds), double.NaN, text);

    public static Reading StaleAt(Signal signal, double seconds) =>
        new(signal, Start.AddSeconds(seconds), double.NaN, Flags: ReadingFlags.Stale);
}
