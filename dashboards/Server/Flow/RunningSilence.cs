using Linewatch.Analytics.Oee;
using Linewatch.Plants;
using Linewatch.Server.Live;
using Linewatch.Telemetry.Watching;

namespace Linewatch.Server.Flow;

/// <summary>
/// Tells the silence of a broken source from that of a machine that stands: where nothing passes the capper, no cap torque is
/// measured. A signal counts as silent once its machine has run, since it fell silent, for as long as it may be silent. A signal
/// with a <c>silentAfter</c> of its own, and one whose machine tells no state, counts at once. Not thread-safe.
/// </summary>
internal sealed class RunningSilence(LivePlant live)
{
    private Dictionary<SignalPath, (DateTime Since, TimeSpan Ran)> _ran = [];
    private DateTime? _looked;

    /// <summary>Those of the faults that are to be told; asked regularly, with all faults there are at <paramref name="now"/> (UTC).</summary>
    public IReadOnlyList<SignalFault> ToTell(IReadOnlyList<SignalFault> faults, TimeSpan silentAfter, DateTime now)
    {
        TimeSpan passed = now - (_looked ?? now);
        _looked = now;
        Dictionary<SignalPath, (DateTime Since, TimeSpan Ran)> ran = [];
        List<SignalFault> told = [];
        foreach (SignalFault fault in faults)
        {
            SignalPath path = fault.Signal.Path;
            if (fault.Kind == SignalFaultKind.Silent && fault.Signal.SilentAfter is null
                && live.Find(path.Line)?.Machines.FirstOrDefault(machine => machine.Machine == path.Machine) is { Bucket: not Bucket.NoData } machine)
            {
                TimeSpan before = _ran.TryGetValue(path, out var known) && known.Since == fault.Since ? known.Ran : TimeSpan.Zero;
                TimeSpan silent = machine.Bucket == Bucket.Run ? before + passed : before;
                ran.Add(path, (fault.Since, silent));
                if (silent < silentAfter)
                {
                    continue;
                }
            }

            told.Add(fault);
        }

        _ran = ran;
        return told;
    }
}
