using System.Text;
using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// What every topic means under one plant, remembered by the topic's bytes. The memory is bounded: topics beyond
/// <see cref="Capacity"/> are worked out anew each time. Not thread-safe.
/// </summary>
internal sealed class TopicTable
{
    /// <summary>Topics remembered; a plant of 50,000 signals with a topic each fits twice.</summary>
    public const int Capacity = 131072;

    private readonly Dictionary<byte[], TopicBinding>.AlternateLookup<ReadOnlySpan<byte>> _bindings =
        new Dictionary<byte[], TopicBinding>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    private readonly Plant _plant;
    private readonly (Source Source, TopicTemplate Template, IMessageDecoder Decoder)[] _sources;

    public TopicTable(Plant plant, PlantSignals signals, Func<Source, IMessageDecoder> decoder)
    {
        _plant = plant;
        Signals = signals;
        _sources = [.. plant.Sources.Select(source => (source, Parse(source), decoder(source)))];
    }

    public PlantSignals Signals { get; }

    public TopicBinding Find(ReadOnlySpan<byte> topic)
    {
        if (_bindings.TryGetValue(topic, out TopicBinding? known))
        {
            return known;
        }

        TopicBinding binding = Resolve(Encoding.UTF8.GetString(topic));
        if (_bindings.Dictionary.Count < Capacity)
        {
            _bindings[topic] = binding;
        }

        return binding;
    }

    private TopicBinding Resolve(string topic)
    {
        string?[] values = new string?[5];
        TopicBinding? near = null;
        for (int i = 0; i < _sources.Length; i++)
        {
            if (_sources[i].Template.TryMatch(topic, values, out string rest))
            {
                TopicBinding binding = Bind(i, topic, values, rest);
                if (binding.Fault == QuarantineReason.None)
                {
                    return binding;
                }

                // Another source may know the machine; else the first one's reason is the one to tell.
                near ??= binding;
            }
        }

        return near ?? new TopicBinding
        {
            SourceIndex = -1,
            Source = UnknownSource,
            Decoder = NoDecoder.Instance,
            Topic = topic,
            Fault = QuarantineReason.UnknownTopic,
            FaultDetail = "no source of the plant file matches this topic",
        };
    }

    internal static Source UnknownSource { get; } = new() { Name = "unknown", Topic = "#", Decoder = "" };

    private TopicBinding Bind(int index, string topic, string?[] values, string rest)
    {
        Source source = _sources[index].Source;
        string? site = Value(TopicPart.Site);
        string? area = Value(TopicPart.Area);
        string? line = Value(TopicPart.Line);
        string? machine = Value(TopicPart.Machine);
        string? signal = Value(TopicPart.Signal);
        if (site is not null && site != _plant.Site)
        {
            return Faulty(QuarantineReason.UnknownMachine, $"the site '{site}' is not this plant's, which is '{_plant.Site}'");
        }

        if (machine is null)
        {
            return Good(null, null);
        }

        if (Signals.Find(area, line, machine) is not { } found)
        {
            return Faulty(QuarantineReason.UnknownMachine, $"the plant file has no machine '{machine}'{(line is null ? " of one line only" : $" in a line '{line}'")}{(area is null ? "" : $" of area '{area}'")}");
        }

        if (signal is null)
        {
            return Good(found, null);
        }

        return found.TryFind(signal, out Signal? known) || source.Decoder is "packml" or "weihenstephan"
            ? Good(found, known)
            : Faulty(QuarantineReason.UnknownSignal, $"the machine '{machine}' has no signal '{signal}'");

        string? Value(TopicPart part) =>
            values[(int)part] ?? (source.Constants.TryGetValue(part.ToString().ToLowerInvariant(), out string? constant) ? constant : null);

        TopicBinding Good(MachineSignals? machineSignals, Signal? bound) => new()
        {
            SourceIndex = index,
            Source = source,
            Decoder = _sources[index].Decoder,
            Topic = topic,
            Rest = rest,
            SignalName = signal,
            Line = line,
            Machine = machineSignals,
            Signal = bound,
        };

        TopicBinding Faulty(QuarantineReason fault, string detail) => new()
        {
            SourceIndex = index,
            Source = source,
            Decoder = _sources[index].Decoder,
            Topic = topic,
            Fault = fault,
            FaultDetail = detail,
        };
    }

    private static TopicTemplate Parse(Source source) => TopicTemplate.TryParse(source.Topic, out TopicTemplate? template, out string? fault)
        ? template
        : throw new ArgumentException($"source '{source.Name}': {fault}", nameof(source));

    /// <summary>Decodes nothing: for unknown topics, and where only the source matters.</summary>
    internal sealed class NoDecoder : IMessageDecoder
    {
        public static NoDecoder Instance { get; } = new();

        public void Decode(TopicBinding binding, in Journaling.JournalRecord message, MessageSink sink) =>
            sink.Refuse(QuarantineReason.UnknownTopic, binding.FaultDetail);
    }
}
