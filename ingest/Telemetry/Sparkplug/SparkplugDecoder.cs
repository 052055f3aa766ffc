using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Sparkplug;

/// <summary>
/// Sparkplug B 3.0. The topic is <c>spBv1.0/group/type/node[/device]</c>; the device is a machine of the line the node is
/// named for (or of the only line that has such a machine), a node without devices is a machine itself or names its metrics
/// <c>machine/signal</c>. Births give names, aliases and types; death makes every signal stale; a gap in seq or an unknown
/// alias asks for a rebirth. Data are decoded as they come: stores take them in any order (ch. 5 allows it).
/// </summary>
internal sealed class SparkplugDecoder : IMessageDecoder
{
    private const int MaximumMetrics = 100_000;
    private static readonly TimeSpan DefaultReorderTimeout = TimeSpan.FromSeconds(5);

    private readonly PlantSignals _plant;
    private readonly SparkplugMemory _memory;
    private readonly TimeSpan _reorderTimeout;
    private readonly bool _asksForRebirth;
    private readonly Func<BornMetric, Signal?> _find;
    private SparkplugNode _current = null!;

    public SparkplugDecoder(Source source, PlantSignals plant, SparkplugMemory memory)
    {
        _plant = plant;
        _memory = memory;
        _reorderTimeout = source.Options.TryGetValue("reorderTimeout", out string? text) && PlantDuration.TryParse(text, out TimeSpan timeout) ? timeout : DefaultReorderTimeout;
        _asksForRebirth = source.Options.GetValueOrDefault("rebirth") != "false";
        _find = metric => Find(_current, metric.Device, metric.Name);
    }

    public void Decode(TopicBinding binding, in JournalRecord message, MessageSink sink)
    {
        string[] levels = binding.Topic.Split('/');
        if (levels.Length >= 2 && levels[1] == "STATE")
        {
            return;
        }

        if (levels.Length is < 4 or > 5 || levels[0] != "spBv1.0")
        {
            sink.Refuse(QuarantineReason.Malformed, $"'{binding.Topic}' is no Sparkplug topic; spBv1.0/group/type/node[/device] is expected");
            return;
        }

        string device = levels.Length == 5 ? levels[4] : "";
        if (_memory.Find(levels[1], levels[3]) is not { } node)
        {
            sink.Refuse(QuarantineReason.UnknownMachine, "more Sparkplug nodes than can be remembered");
            return;
        }

        _current = node;
        switch (levels[2])
        {
            case "NBIRTH" or "DBIRTH" or "NDATA" or "DDATA":
                ReadPayload(levels[2], node, device, message, sink);
                break;
            case "NDEATH":
                ReadNodeDeath(node, message, sink);
                break;
            case "DDEATH":
                ReadDeviceDeath(node, device, message, sink);
                break;
            case "NCMD" or "DCMD":
                // Commands to machines are not for us.
                break;
            default:
                sink.Refuse(QuarantineReason.Malformed, $"'{levels[2]}' is no Sparkplug message type");
                break;
        }
    }

    private void ReadPayload(string type, SparkplugNode node, string device, in JournalRecord message, MessageSink sink)
    {
        if (!SparkplugEnvelope.TryRead(message.Payload, out SparkplugEnvelope envelope))
        {
            sink.Refuse(QuarantineReason.Malformed, "the payload is not a Sparkplug B payload");
            return;
        }

        if (type == "NBIRTH")
        {
            node.BeBorn(new SparkplugBirth { Position = message.Position, BdSeq = envelope.BdSeq });
            node.Sequence.Restart(envelope.Sequence ?? 0);
        }
        else
        {
            CheckSequence(node, envelope, message);
            if (type == "DBIRTH" && node.BirthFor(message.Position) is { } birth)
            {
                birth.Forget(device);
                node.IsDirty = true;
            }
        }

        bool isBirth = type is "NBIRTH" or "DBIRTH";
        SparkplugBirth? known = node.BirthFor(message.Position);
        if (known is null)
        {
            AskForRebirth(node, message);
            if (isBirth)
            {
                // A device's birth whose node we never saw born: good enough to name its own metrics.
                known = new SparkplugBirth { Position = message.Position };
                node.BeBorn(known);
            }
        }

        ProtobufReader reader = new(message.Payload);
        int count = 0;
        while (reader.TryReadField(out int field))
        {
            if (field != 2)
            {
                reader.Skip();
                continue;
            }

            if (!SparkplugMetric.TryRead(reader.Bytes(), out SparkplugMetric metric) || ++count > MaximumMetrics)
            {
                sink.Discard();
                sink.Refuse(QuarantineReason.Malformed, "a metric of the payload is malformed");
                return;
            }

            ReadMetric(node, device, known, isBirth, metric, envelope, message, sink);
        }
    }

    private void ReadMetric(
        SparkplugNode node, string device, SparkplugBirth? birth, bool isBirth, in SparkplugMetric metric, in SparkplugEnvelope envelope, in JournalRecord message, MessageSink sink)
    {
        BornMetric? born = null;
        if (!metric.Name.IsEmpty)
        {
            string name = Encoding.UTF8.GetString(metric.Name);
            if (name == "bdSeq" || name.StartsWith("Node Control/", StringComparison.Ordinal) || name.StartsWith("Device Control/", StringComparison.Ordinal))
            {
                return;
            }

            if (isBirth)
            {
                born = new BornMetric(device, name, metric.Alias, metric.Type);
                birth!.Add(born);
            }
            else if (birth is null || !birth.ByName.TryGetValue((device, name), out born))
            {
                born = new BornMetric(device, name, metric.Alias, metric.Type);
            }
        }
        else if (metric.Alias is { } alias && birth is not null)
        {
            birth.ByAlias.TryGetValue(alias, out born);
        }

        if (born is null)
        {
            AskForRebirth(node, message);
            sink.Refuse(QuarantineReason.UnknownSignal, $"the alias {metric.Alias} of node '{node.Name}' is unknown until its next birth");
            return;
        }

        Signal? signal = born.Signal(sink.Plant, _find);
        if (signal is null)
        {
            sink.Refuse(QuarantineReason.UnknownSignal, $"the plant file has no signal for the metric '{born.Name}' of {(born.Device.Length > 0 ? $"device '{born.Device}'" : $"node '{node.Name}'")}");
            return;
        }

        SparkplugType type = metric.Type == SparkplugType.Unknown ? born.Type : metric.Type;
        ulong? timestamp = metric.Timestamp ?? envelope.Timestamp;
        DateTime? time = null;
        if (timestamp is { } milliseconds)
        {
            if (milliseconds > long.MaxValue || !DeviceTime.TryEpoch((long)milliseconds, DeviceTimeFormat.UnixMilliseconds, out DateTime read))
            {
                sink.Refuse(QuarantineReason.BadTime, $"{milliseconds} is not a Sparkplug timestamp");
                return;
            }

            time = read;
        }

        if (sink.TryUseTime(time))
        {
            AddValue(signal, metric, type, sink);
        }
    }

    private void AddValue(Signal signal, in SparkplugMetric metric, SparkplugType type, MessageSink sink)
    {
        // Null is not 0, and a transient value is not for the record.
        if (metric.IsNull || metric.IsTransient)
        {
            return;
        }

        ReadingFlags flags = metric.IsHistorical ? ReadingFlags.Historical : ReadingFlags.None;
        switch (type)
        {
            case SparkplugType.String or SparkplugType.Text or SparkplugType.Uuid:
                sink.Text(signal, Encoding.UTF8.GetString(metric.Data), flags);
                break;
            case >= SparkplugType.Int8 and <= SparkplugType.Boolean or SparkplugType.DateTime when metric.ValueField is >= 10 and <= 14:
                sink.Number(signal, metric.Scalar(type), flags);
                break;
            case SparkplugType.Unknown when metric.ValueField is >= 10 and <= 15:
                if (metric.ValueField == 15)
                {
                    sink.Text(signal, Encoding.UTF8.GetString(metric.Data), flags);
                }
                else
                {
                    sink.Number(signal, metric.Scalar(SparkplugType.Unknown), flags);
                }

                break;
            case >= SparkplugType.Int8Array and <= SparkplugType.DateTimeArray:
                AddArray(signal, metric.Data, type, flags, sink);
                break;
            case SparkplugType.DataSet or SparkplugType.Template or SparkplugType.Bytes or SparkplugType.File:
                sink.Refuse(QuarantineReason.NotDecoded, $"{signal} is a {type}, which is kept but not decoded");
                break;
            default:
                sink.Refuse(QuarantineReason.WrongType, $"{signal} has the Sparkplug type {type} and no value of that type");
                break;
        }
    }

    /// <summary>The elements of an array are the signals <c>name.0</c>, <c>name.1</c> … of the same machine; those not configured are passed over.</summary>
    private void AddArray(Signal signal, ReadOnlySpan<byte> data, SparkplugType type, ReadingFlags flags, MessageSink sink)
    {
        int width = SparkplugArray.Width(type);
        if (width == 0 || data.Length % width != 0 || _plant.Find(null, signal.Path.Line, signal.Path.Machine) is not { } machine)
        {
            sink.Refuse(QuarantineReason.NotDecoded, $"{signal} is a {type}, which is kept but not decoded");
            return;
        }

        for (int i = 0; i < data.Length / width; i++)
        {
            if (!machine.TryFind(FormattableString.Invariant($"{signal.SourceName}.{i}"), out Signal? element))
            {
                if (i == 0)
                {
                    sink.Refuse(QuarantineReason.UnknownSignal, $"{signal} is an array; the plant file has no signal '{signal.SourceName}.0' for its first element");
                }

                return;
            }

            sink.Number(element, SparkplugArray.Element(data.Slice(i * width, width), type), flags);
        }
    }

    private void ReadNodeDeath(SparkplugNode node, in JournalRecord message, MessageSink sink)
    {
        if (!SparkplugEnvelope.TryRead(message.Payload, out SparkplugEnvelope envelope))
        {
            sink.Refuse(QuarantineReason.Malformed, "the payload is not a Sparkplug B payload");
            return;
        }

        // The will of an earlier session may come late, and may come twice.
        if (!node.IsOnline || node.Birth is not { } birth || (birth.BdSeq is { } born && envelope.BdSeq is { } died && born != died))
        {
            return;
        }

        node.IsOnline = false;

        // The will's timestamp is the connect time; death is when we hear of it.
        MakeStale(node, birth.ByName.Values, message.ReceiveTime, sink);
    }

    private void ReadDeviceDeath(SparkplugNode node, string device, in JournalRecord message, MessageSink sink)
    {
        if (!SparkplugEnvelope.TryRead(message.Payload, out SparkplugEnvelope envelope))
        {
            sink.Refuse(QuarantineReason.Malformed, "the payload is not a Sparkplug B payload");
            return;
        }

        CheckSequence(node, envelope, message);
        DateTime time = envelope.Timestamp is { } milliseconds and <= long.MaxValue && DeviceTime.TryEpoch((long)milliseconds, DeviceTimeFormat.UnixMilliseconds, out DateTime read)
            ? read
            : message.ReceiveTime;
        if (node.BirthFor(message.Position) is { } birth)
        {
            MakeStale(node, birth.ByName.Values.Where(metric => metric.Device == device), time, sink);
        }
    }

    private void MakeStale(SparkplugNode node, IEnumerable<BornMetric> metrics, DateTime time, MessageSink sink)
    {
        _current = node;
        foreach (BornMetric metric in metrics)
        {
            if (metric.Signal(sink.Plant, _find) is { } signal)
            {
                sink.Stale(signal, time);
            }
        }
    }

    private void CheckSequence(SparkplugNode node, in SparkplugEnvelope envelope, in JournalRecord message)
    {
        if (envelope.Sequence is { } sequence && node.Sequence.Take(sequence, message.ReceiveTime, _reorderTimeout))
        {
            node.Sequence.Forgive();
            AskForRebirth(node, message);
        }
    }

    private void AskForRebirth(SparkplugNode node, in JournalRecord message)
    {
        if (_asksForRebirth)
        {
            _memory.Rebirths?.Ask(node.Group, node.Name, message.ReceiveTime);
        }
    }

    private Signal? Find(SparkplugNode node, string device, string name)
    {
        if (device.Length > 0)
        {
            return FindMachine(node.Name, device) is { } machine && machine.TryFind(name, out Signal? signal) ? signal : null;
        }

        if (FindMachine(null, node.Name) is { } own && own.TryFind(name, out Signal? found))
        {
            return found;
        }

        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && FindMachine(node.Name, name[..slash]) is { } part && part.TryFind(name[(slash + 1)..], out found) ? found : null;
    }

    private MachineSignals? FindMachine(string? line, string machine)
    {
        // Sparkplug ids often carry capitals; ours never do.
        string lower = machine.ToLowerInvariant();
        return (line is null ? null : _plant.Find(null, line, machine) ?? _plant.Find(null, line.ToLowerInvariant(), lower))
            ?? _plant.Find(null, null, machine) ?? _plant.Find(null, null, lower);
    }
}
