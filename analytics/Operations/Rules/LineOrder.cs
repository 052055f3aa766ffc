using Linewatch.Operations.Alerts;
using Linewatch.Plants;

namespace Linewatch.Operations.Rules;

/// <summary>Who waits for whom on a line.</summary>
internal static class LineOrder
{
    /// <summary>Position of a machine along the flow; −1 when the line has none of that id.</summary>
    public static int IndexOf(this Line line, string machine)
    {
        for (int i = 0; i < line.Machines.Count; i++)
        {
            if (line.Machines[i].Id == machine)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>
    /// Whether the machine at <paramref name="here"/> can be starved or blocked by the one at <paramref name="other"/>: a starved
    /// one waits for what is upstream, a blocked one for what is downstream. A machine whose codes know no tailback (PackML's
    /// Suspended) may mean either.
    /// </summary>
    public static bool CanWaitFor(this Line line, int here, int other, AlertCause waiting) =>
        here >= 0 && other >= 0 && here != other
        && (waiting == AlertCause.Starved ? other < here || !line.Machines[here].States.States.Values.Contains(Bucket.Tailback) : other > here);
}
