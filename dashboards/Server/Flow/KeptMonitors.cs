using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Server.Flow;

/// <summary>What the monitors of a plant had learned before, by machine and signal; gives each signal its monitor, a new one where nothing was kept.</summary>
internal sealed class KeptMonitors(SignalMonitorOptions signals, DutyMonitorOptions duties)
{
    private const long Duty = 1;
    private const long SignalOfDuty = 2;
    private const long SignalAlone = 3;
    private const long PastOfMachine = 4;

    private readonly Dictionary<string, MachineDuty> _duties = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PastCases> _cases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ISignalMonitor> _monitors = new(StringComparer.Ordinal);

    /// <summary>Writes what the lines have learned.</summary>
    public static void Write(StateWriter file, LineAnalysis line)
    {
        foreach ((string machine, MachineDuty duty) in line.Duties)
        {
            file.Write(Duty);
            file.Write(line.Line.Id + "/" + machine);
            duty.Save(file);
        }

        foreach ((string machine, PastCases cases) in line.Cases)
        {
            file.Write(PastOfMachine);
            file.Write(line.Line.Id + "/" + machine);
            cases.Save(file);
        }

        foreach (SignalWatch watch in line.Watches)
        {
            file.Write(watch.Monitor is DutyMonitor ? SignalOfDuty : SignalAlone);
            file.Write(watch.Signal.Path.ToString());
            watch.Monitor.Save(file);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote of any number of lines.</summary>
    /// <exception cref="InvalidDataException">The file is torn or of another release.</exception>
    public void Read(StateReader file)
    {
        while (!file.AtEnd)
        {
            int kind = file.ReadInt32((int)Duty, (int)PastOfMachine);
            string name = file.ReadString();
            switch (kind)
            {
                case (int)Duty:
                    MachineDuty duty = new();
                    duty.Restore(file);
                    _duties[name] = duty;
                    break;
                case (int)SignalOfDuty:
                    _monitors[name] = DutyMonitor.Restore(file, duties);
                    break;
                case (int)PastOfMachine:
                    PastCases cases = new();
                    cases.Restore(file);
                    _cases[name] = cases;
                    break;
                default:
                    _monitors[name] = SignalMonitor.Restore(file, signals);
                    break;
            }
        }
    }

    /// <summary>What a machine had been doing; null where nothing was kept.</summary>
    public MachineDuty? DutyOf(Line line, Machine machine) => _duties.GetValueOrDefault(line.Id + "/" + machine.Id);

    /// <summary>The anomalies of a machine so far.</summary>
    public PastCases CasesOf(Line line, Machine machine) => _cases.GetValueOrDefault(line.Id + "/" + machine.Id) ?? new PastCases();

    /// <summary>
    /// The monitor of a process signal. A machine that tells its state has its signals explained by what it does; of signals
    /// that are not watched, only the sensor is. Null = nothing can be said.
    /// </summary>
    public ISignalMonitor? MonitorOf(Signal signal, MachineDuty? duty)
    {
        ISignalMonitor? kept = _monitors.GetValueOrDefault(signal.Path.ToString());
        return duty is null
            ? signal.Watched ? kept as SignalMonitor ?? new SignalMonitor(signals) : null
            : kept as DutyMonitor ?? new DutyMonitor(duties with { OnlySensor = !signal.Watched });
    }
}
