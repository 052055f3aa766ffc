using System.Text;
using Linewatch.Plants;

namespace Linewatch.Storage.Influx;

/// <summary>A machine's part of a line, encoded once: <c>telemetry,area=…,line=…,machine=…,site=… </c>.</summary>
/// <param name="Prefix">Measurement and tags in ascending order, as the database sorts them, with the space after.</param>
/// <param name="Number">Dense number, which spreads the machines over the connections.</param>
internal sealed record InfluxMachine(byte[] Prefix, int Number);

/// <summary>A signal's field names, encoded once with their equals signs.</summary>
/// <param name="Machine">Signals of one machine share this instance.</param>
/// <param name="Number">Field of a number.</param>
/// <param name="Text">Field of a text.</param>
/// <param name="Stale">Field of a stale marker, with its value.</param>
internal sealed record InfluxSignal(InfluxMachine Machine, byte[] Number, byte[] Text, byte[] Stale);

/// <summary>Encodes each machine and signal once. Thread-safe.</summary>
internal sealed class InfluxSeries
{
    public const string Measurement = "telemetry";
    public const string TextSuffix = "_text";
    public const string StaleSuffix = "_stale";
    public const string RepeatTag = "repeat";

    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string Site, string Area, string Line, string Machine), InfluxMachine> _machines = new();

    /// <summary>By instance, since that is what readings carry; a plant that was replaced lets go of its signals.</summary>
    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<Signal, InfluxSignal> _signals = [];
    private int _count;

    public InfluxSignal Of(Signal signal) => _signals.TryGetValue(signal, out InfluxSignal? known) ? known : _signals.GetValue(signal, Encode);

    private InfluxSignal Encode(Signal signal)
    {
        SignalPath path = signal.Path;
        string key = LineText.Key(path.Signal);
        return new InfluxSignal(
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
