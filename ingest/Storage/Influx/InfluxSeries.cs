using System.Text;
using Linewatch.Plants;

namespace Linewatch.Storage.Influx;

/// <summary>A machine's part of a line, encoded once: <c>telemetry,area=…,line=…,machine=…,site=… </c>.</summary>
/// <param name="Prefix">Measurement and tags in ascending order, as the database sorts them, with the space after.</param>
/// <param name="Number">Dense number, by which the readings of a batch are sorted.</param>
internal sealed record InfluxMachine(byte[] Prefix, int Number);

/// <summary>A signal's field names, encoded once with their equals signs.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Machine">Signals of one machine share this instance.</param>
/// <param name="Number">Field of a number.</param>
/// <param name="Text">Field of a text.</param>
/// <param name="Stale">Field of a stale marker, with its value.</param>
internal sealed record InfluxSignal(Signal Signal, InfluxMachine Machine, byte[] Number, byte[] Text, byte[] Stale);

/// <summary>Encodes each machine and signal once. Thread-safe.</summary>
internal sealed class InfluxSeries
{
    public const string Measurement = "telemetry";
    public const string TextSuffix = "_text";
    public const string StaleSuffix = "_stale";
    public const string RepeatTag = "repeat";

    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string Site, string Area, string Line, string Machine), InfluxMachine> _machines = new();

    /// <summary>
    /// By the signal's number in its plant. A signal of another plant takes the place over, so that a plant that was replaced
    /// is let go; threads that race for a place encode twice, which does no harm.
    /// </summary>
    private volatile InfluxSignal?[] _signals = [];
    private int _count;

    public InfluxSignal Of(Signal signal)
    {
        InfluxSignal?[] signals = _signals;
        return (uint)signal.Index < (uint)signals.Length && signals[signal.Index] is { } known && ReferenceEquals(known.Signal, signal)
            ? known
            : Learn(signal);
    }

    private InfluxSignal Learn(Signal signal)
    {
        InfluxSignal?[] signals = _signals;
        if (signal.Index >= signals.Length)
        {
            InfluxSignal?[] larger = new InfluxSignal?[Math.Max(signal.Index + 1, 2 * signals.Length)];
            signals.CopyTo(larger, 0);
            _signals = signals = larger;
        }

        return signals[signal.Index] = Encode(signal);
    }

    private InfluxSignal Encode(Signal signal)
    {
        SignalPath path = signal.Path;
        string key = LineText.Key(path.Signal);
        return new InfluxSignal(
            signal,
            _machines.GetOrAdd((path.Site, path.Area, path.Line, path.Machine), Encode),
            Encoding.UTF8.GetBytes(key + "="),
            Encoding.UTF8.GetBytes(key + TextSuffix + "="),
            Encoding.UTF8.GetBytes(key + StaleSuffix + "=true"));
    }

    private InfluxMachine Encode((string Site, string Area, string Line, string Machine) path) => new(
        Encoding.UTF8.GetBytes(
            $"{Measurement},area={LineText.Key(path.Area)},line={LineText.Key(path.Line)},machine={LineText.Key(path.Machine)},site={LineText.Key(path.Site)} "),
        Interlocked.Increment(ref _count));
}
