using System.Buffers;
using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies.Training;

/// <summary>What was learned of a machine: how its duty numbers the products, the monitor of each signal, and what watches them together. Not thread-safe.</summary>
public sealed class MachineModel
{
    private const int StateVersion = 2;
    private const int WithoutRows = 1; // version of models trained before machines could be watched by rows
    private const int MostSignals = 10_000;

    private readonly Dictionary<string, ISignalMonitor> _monitors;

    private MachineModel(Dictionary<string, ISignalMonitor> monitors)
    {
        _monitors = monitors;
    }

    /// <summary>What the machine had been doing at the end of the data; null for one that tells no state.</summary>
    public MachineDuty? Duty { get; private init; }

    /// <summary>The monitor of a signal; null where the model has none.</summary>
    /// <param name="signal">Id of the signal within its machine.</param>
    public ISignalMonitor? MonitorOf(string signal) => _monitors.GetValueOrDefault(signal);

    /// <summary>What watches its signals together; null for a machine whose plant file chooses no detector of rows, or of which too few were seen.</summary>
    public MachineRows? Rows { get; private init; }

    /// <summary>Writes what was learned.</summary>
    public static byte[] Write(MachineDuty? duty, IReadOnlyCollection<(Signal Signal, ISignalMonitor Monitor)> monitors, MachineRows? rows)
    {
        ArrayBufferWriter<byte> bytes = new();
        StateWriter state = new(bytes);
        state.Write((long)StateVersion);
        state.Write(duty is null ? 0L : 1L);
        duty?.Save(state);
        state.Write((long)monitors.Count);
        foreach ((Signal signal, ISignalMonitor monitor) in monitors)
        {
            state.Write(signal.Path.Signal);
            MonitorSettings.Write(state, monitor);
        }

        state.Write(rows is null ? 0L : 1L);
        rows?.Save(state);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are torn or of another release.</exception>
    public static MachineModel Read(ReadOnlyMemory<byte> bytes, MonitorSettings settings)
    {
        StateReader state = new(bytes);
        long version = state.ReadInt64();
        if (version is not (WithoutRows or StateVersion))
        {
            throw new InvalidDataException($"the saved model has version {version}; this release reads {WithoutRows} and {StateVersion}");
        }

        MachineDuty? duty = state.ReadInt64() == 0 ? null : new MachineDuty();
        duty?.Restore(state);
        Dictionary<string, ISignalMonitor> monitors = new(StringComparer.Ordinal);
        for (int left = state.ReadInt32(0, MostSignals); left > 0; left--)
        {
            string signal = state.ReadString();
            monitors[signal] = settings.Read(state);
        }

        MachineRows? rows = version == WithoutRows || state.ReadInt64() == 0 ? null : MachineRows.Restore(state);
        return new MachineModel(monitors) { Duty = duty, Rows = rows };
    }
}
