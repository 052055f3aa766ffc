using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>The plant's downtime reasons by fault code. Immutable.</summary>
internal sealed class ReasonTree
{
    private readonly Dictionary<int, string> _byFault = [];

    public ReasonTree(IReadOnlyList<Reason> roots)
    {
        foreach (Reason root in roots)
        {
            Add(root);
        }
    }

    /// <summary>The finest reason that a fault code selects; null = none does.</summary>
    public string? Of(int faultCode) => faultCode != 0 && _byFault.TryGetValue(faultCode, out string? id) ? id : null;

    private void Add(Reason reason)
    {
        foreach (Reason child in reason.Children)
        {
            Add(child);
        }

        foreach (int code in reason.FaultCodes)
        {
            _byFault.TryAdd(code, reason.Id);
        }
    }
}
