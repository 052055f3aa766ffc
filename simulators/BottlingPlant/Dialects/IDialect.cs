using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>How the machines of one line put their values into messages. One instance a line; not thread-safe.</summary>
internal interface IDialect
{
    /// <summary>How a plant file describes messages of this kind.</summary>
    SourceFacts Source { get; }

    /// <summary>The name under which a machine publishes a value, where it isn't the signal's id.</summary>
    string NameOf(string signal);

    /// <summary>What goes out before anything else: births, where the dialect has them.</summary>
    void Begin(IReadOnlyList<Machine> machines, DateTime eventTime, long now, MessageSink sink);

    /// <summary>Writes a machine's sample.</summary>
    void Write(Machine machine, DateTime eventTime, long now, SampleParts parts, MessageSink sink);
}

/// <summary>Takes one message: topic and payload.</summary>
internal delegate void MessageSink(string topic, byte[] payload);

/// <summary>A source as the plant file describes it.</summary>
internal sealed record SourceFacts(string Name, string Topic, string Decoder, string Options);

/// <summary>What a sample carries besides state, speed and counters.</summary>
[Flags]
internal enum SampleParts
{
    None = 0,

    /// <summary>Programme, fault code, product and order.</summary>
    Status = 1,

    /// <summary>Process signals.</summary>
    Process = 2,

    /// <summary>Values by component, and meters.</summary>
    Slow = 4,

    All = Status | Process | Slow,
}

/// <summary>Makes the dialect of a line.</summary>
internal static class Dialects
{
    private static readonly Dialect[] Mixed = [Dialect.Json, Dialect.Sparkplug, Dialect.Weihenstephan, Dialect.PackML, Dialect.Values];

    /// <summary>The dialect that line <paramref name="index"/>, from 0, speaks.</summary>
    public static Dialect Of(Dialect dialect, int index) => dialect == Dialect.Mixed ? Mixed[index % Mixed.Length] : dialect;

    public static IDialect Create(Dialect dialect, string site, LineModel line) => dialect switch
    {
        Dialect.Json => new JsonDialect(site, line),
        Dialect.Values => new ValuesDialect(site, line),
        Dialect.Sparkplug => new SparkplugDialect(site, line),
        Dialect.PackML => new PackMLDialect(site, line),
        Dialect.Weihenstephan => new WeihenstephanDialect(site, line),
        _ => throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "a line speaks one dialect"),
    };

    /// <summary>The machine with the state codes that its dialect has.</summary>
    public static MachineModel Adapt(Dialect dialect, MachineModel machine) => dialect switch
    {
        Dialect.PackML => machine with { Codes = StateCodes.PackML },
        Dialect.Weihenstephan => machine with { Codes = StateCodes.Weihenstephan },
        _ => machine,
    };
}
