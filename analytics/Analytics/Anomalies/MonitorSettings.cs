using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>Which monitor watches a signal, and how.</summary>
/// <param name="Signals">For signals of machines that tell no state, and for those whose detectors the plant file chooses.</param>
/// <param name="Duties">For the others.</param>
public sealed record MonitorSettings(SignalMonitorOptions Signals, DutyMonitorOptions Duties)
{
    private const long OfDuty = 0;
    private const long Alone = 1;

    /// <summary>The defaults.</summary>
    public static MonitorSettings Default { get; } = new(SignalMonitorOptions.Default, DutyMonitorOptions.Default);

    /// <summary>
    /// The monitor that goes on watching a signal: the one kept where it is of the right kind, else a new one; null where nothing can
    /// be said, for of signals that are not watched only the sensor is, and that needs a machine that tells its state.
    /// </summary>
    /// <param name="signal">A process signal.</param>
    /// <param name="tellsState">Whether its machine tells what it does.</param>
    /// <param name="kept">What was kept of it; null = nothing.</param>
    public ISignalMonitor? MonitorOf(Signal signal, bool tellsState, ISignalMonitor? kept)
    {
        if (signal.Detectors.Count > 0 || !tellsState)
        {
            SignalMonitorOptions options = signal.Detectors.Count > 0 ? Signals with { Members = signal.Detectors } : Signals;
            return !signal.Watched ? null
                : kept is SignalMonitor alone && alone.Watching.SequenceEqual(options.Watching) ? alone
                : new SignalMonitor(options);
        }

        DutyMonitor monitor = kept as DutyMonitor ?? new DutyMonitor(Duties);
        monitor.OnlySensor = !signal.Watched;
        return monitor;
    }

    /// <summary>Writes a monitor with its kind.</summary>
    public static void Write(StateWriter state, ISignalMonitor monitor)
    {
        state.Write(monitor is DutyMonitor ? OfDuty : Alone);
        monitor.Save(state);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public ISignalMonitor Read(StateReader state) =>
        state.ReadInt32((int)OfDuty, (int)Alone) == OfDuty ? DutyMonitor.Restore(state, Duties) : SignalMonitor.Restore(state, Signals);
}
