using System.Buffers;
using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies.Training;

/// <summary>What was learned of a machine: how its duty numbers the products, and the monitor of each signal. Not thread-safe.</summary>
public sealed class MachineModel
{
    private const long StateVersion = 1;
    private const int MostSignals = 10_000;

    private readonly Dictionary<string, ISignalMonitor> _monitors = new(StringComparer.Ordinal);

    /// <summary>What the machine had been doing at the end of the data; null for one that tells no state.</summary>
    public MachineDuty? Duty { get; private init; }

    /// <summary>The monitor of a signal; null where the model has none.</summary>
    /// <param name="signal">Id of the signal within its machine.</param>
    public ISignalMonitor? MonitorOf(string signal) => _monitors.GetValueOrDefault(signal);

    /// <summary>Writes what was learned.</summary>
    public static byte[] Write(MachineDuty? duty, IReadOnlyCollection<(Signal Signal, ISignalMonitor Monitor)> monitors)
    {
        ArrayBufferWriter<byte> bytes = new();
        StateWriter state = new(bytes);
        state.Write(StateVersion);
        state.Write(duty is null ? 0L : 1L);
        duty?.Save(state);
        state.Write((long)monitors.Count);
        foreach ((Signal signal, ISignalMonitor monitor) in monitors)
        {
            state.Write(signal.Path.Signal);
            MonitorSettings.Write(state, monitor);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are torn or of another release.</exception>
    public static MachineModel Read(ReadOnlyMemory<byte> bytes, MonitorSettings settings)
    {
        StateReader state = new(bytes);
        if (state.ReadInt64() is var version and not StateVersion)
        {
            throw new InvalidDataException($"the saved model has version {version}; this release reads {StateVersion}");
        }

        MachineDuty? duty = state.ReadInt64() == 0 ? null : new MachineDuty();
        duty?.Restore(state);
        MachineModel model = new() { Duty = duty };
        for (int left = state.ReadInt32(0, MostSignals); left > 0; left--)
        {
            string signal = state.ReadString();
            model._monitors[signal] = settings.Read(state);
        }

        return model;
    }
}
