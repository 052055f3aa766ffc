using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>The tags of a machine standard that carry a meaning the engines know. Immutable.</summary>
internal sealed class StandardTags
{
    /// <summary>PackTags of PackML (OPC UA companion 30050 §6.3). Speeds are primary packages a minute.</summary>
    public static StandardTags PackMl { get; } = new("PackTag", ["Status.", "Admin.", "Command."], speedsPerMinute: true, new()
    {
        ["Status.StateCurrent"] = SignalRole.State,
        ["Status.UnitModeCurrent"] = SignalRole.Mode,
        ["Status.CurMachSpeed"] = SignalRole.Speed,
        ["Status.EquipmentStarved"] = SignalRole.Starved,
        ["Status.EquipmentBlocked"] = SignalRole.Blocked,
        ["Status.EquipmentInterlock.Starved"] = SignalRole.Starved,
        ["Status.EquipmentInterlock.Blocked"] = SignalRole.Blocked,
        ["Admin.ProdProcessedCount.0.Count"] = SignalRole.CountTotal,
        ["Admin.ProdDefectiveCount.0.Count"] = SignalRole.CountReject,
        ["Admin.StopReason"] = SignalRole.FaultCode,
        ["Admin.StopReason.ID"] = SignalRole.FaultCode,
    });

    /// <summary>Points of the Weihenstephan standards (WS Pack). Speeds are units an hour.</summary>
    public static StandardTags Weihenstephan { get; } = new("Weihenstephan point", ["WS_"], speedsPerMinute: false, new()
    {
        ["WS_Cur_State"] = SignalRole.State,
        ["WS_Cur_Mode"] = SignalRole.Mode,
        ["WS_Cur_Prog"] = SignalRole.Program,
        ["WS_Cur_Mach_Spd"] = SignalRole.Speed,
        ["WS_Not_Of_Fail_Code"] = SignalRole.FaultCode,
        ["WS_Tot_Bottles"] = SignalRole.CountTotal,
        ["WS_Tot_Packages"] = SignalRole.CountTotal,
        ["WS_Good_Bottles"] = SignalRole.CountGood,
        ["WS_Good_Packages"] = SignalRole.CountGood,
        ["WS_Bad_Bottles"] = SignalRole.CountReject,
        ["WS_Bad_Packages"] = SignalRole.CountReject,
        ["WS_Bottle_Type"] = SignalRole.Product,
    });

    private readonly string[] _prefixes;
    private readonly Dictionary<string, SignalRole> _roles;

    private StandardTags(string kind, string[] prefixes, bool speedsPerMinute, Dictionary<string, SignalRole> roles)
    {
        Kind = kind;
        _prefixes = prefixes;
        SpeedsPerMinute = speedsPerMinute;
        _roles = new Dictionary<string, SignalRole>(roles, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What one is called, for messages.</summary>
    public string Kind { get; }

    public bool SpeedsPerMinute { get; }

    /// <summary>The role a tag has by the standard, or null.</summary>
    public SignalRole? Role(string tag) => _roles.TryGetValue(tag, out SignalRole role) ? role : null;

    /// <summary>Whether the standard knows tags of this form; those the plant file does not list are of no concern.</summary>
    public bool IsStandard(string tag) => _prefixes.Any(prefix => tag.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
