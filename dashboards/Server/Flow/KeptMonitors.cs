using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Server.Flow;

/// <summary>What the monitors of a plant had learned before, by machine and signal; gives each signal its monitor, a new one where nothing was kept.</summary>
internal sealed class KeptMonitors(MonitorSettings settings)
{
    private const long Duty = 1;
    private const long MonitorOfSignal = 2;
    private const long PastOfMachine = 3;
    private const long ModelOfMachine = 4;
    private const long TwinOfSignal = 5;
    private const long RowsOfMachine = 6;

    private readonly Dictionary<string, MachineDuty> _duties = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PastCases> _cases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ISignalMonitor> _monitors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TwinSensors> _twins = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MachineRows> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _models = new(StringComparer.Ordinal);

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
            file.Write(MonitorOfSignal);
            file.Write(watch.Signal.Path.ToString());
            MonitorSettings.Write(file, watch.Monitor);
            if (watch.KeptTwin is { } twin)
            {
                file.Write(TwinOfSignal);
                file.Write(watch.Signal.Path.ToString());
                twin.Save(file);
            }
        }

        foreach (RowWatch watch in line.RowWatches)
        {
            if (watch.Rows is { } rows)
            {
                file.Write(RowsOfMachine);
                file.Write(line.Line.Id + "/" + watch.Source.Machine);
                rows.Save(file);
            }
        }

        foreach ((string machine, long use) in line.ModelUses)
        {
            file.Write(ModelOfMachine);
            file.Write(line.Line.Id + "/" + machine);
            file.Write(use);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote of any number of lines.</summary>
    /// <exception cref="InvalidDataException">The file is torn or of another release.</exception>
    public void Read(StateReader file)
    {
        while (!file.AtEnd)
        {
            int kind = file.ReadInt32((int)Duty, (int)RowsOfMachine);
            string name = file.ReadString();
            switch (kind)
            {
                case (int)Duty:
                    MachineDuty duty = new();
                    duty.Restore(file);
                    _duties[name] = duty;
                    break;
                case (int)MonitorOfSignal:
                    _monitors[name] = settings.Read(file);
                    break;
                case (int)PastOfMachine:
                    PastCases cases = new();
                    cases.Restore(file);
                    _cases[name] = cases;
                    break;
                case (int)TwinOfSignal:
                    TwinSensors twin = new();
                    twin.Restore(file);
                    _twins[name] = twin;
                    break;
                case (int)RowsOfMachine:
                    _rows[name] = MachineRows.Restore(file);
                    break;
                default:
                    _models[name] = file.ReadInt64();
                    break;
            }
        }
    }

    /// <summary>What a machine had been doing; null where nothing was kept.</summary>
    public MachineDuty? DutyOf(Line line, Machine machine) => _duties.GetValueOrDefault(line.Id + "/" + machine.Id);

    /// <summary>The anomalies of a machine so far.</summary>
    public PastCases CasesOf(Line line, Machine machine) => _cases.GetValueOrDefault(line.Id + "/" + machine.Id) ?? new PastCases();

    /// <summary>How the sensor of a signal did beside a second one; the first of a pair keeps it for both.</summary>
    public TwinSensors TwinOf(Signal signal) => _twins.GetValueOrDefault(signal.Path.ToString()) ?? new TwinSensors();

    /// <summary>What watched a machine's signals together; null where nothing was kept.</summary>
    public MachineRows? RowsOf(Line line, Machine machine) => _rows.GetValueOrDefault(line.Id + "/" + machine.Id);

    /// <summary>The use of a trained model that the monitors of a machine come from; 0 = they learned by themselves.</summary>
    public long ModelUseOf(Line line, Machine machine) => _models.GetValueOrDefault(line.Id + "/" + machine.Id);

    /// <summary>The monitor of a process signal; null = nothing can be said of it.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="tellsState">Whether its machine tells what it does.</param>
    public ISignalMonitor? MonitorOf(Signal signal, bool tellsState) =>
        settings.MonitorOf(signal, tellsState, _monitors.GetValueOrDefault(signal.Path.ToString()));
}
